"use strict";
// All content is on the page without this script; it adds zoom, a read-out and the place in the list at the top.
(function () {
  // Zoom: the picture grows inside its own scrolling box, around the middle of what is seen.
  document.querySelectorAll(".zoomable").forEach(function (figure) {
    var scroller = figure.querySelector(".scroller"), box = figure.querySelector(".mapbox"), map = figure.querySelector(".map");
    if (!scroller) return;
    var zoom = 1;
    function set(next, x, y) {
      next = Math.max(1, Math.min(16, next));
      var across = (scroller.scrollLeft + x) / box.offsetWidth, down = (scroller.scrollTop + y) / box.offsetHeight;
      zoom = next;
      box.style.setProperty("--z", zoom);
      map.dataset.z = zoom;
      scroller.scrollLeft = across * box.offsetWidth - x;
      scroller.scrollTop = down * box.offsetHeight - y;
    }
    figure.zoomTo = function (element) {
      var inner = element.getBoundingClientRect(), outer = map.getBoundingClientRect();
      var left = (inner.left + inner.width / 2 - outer.left) / outer.width, top = (inner.top + inner.height / 2 - outer.top) / outer.height;
      set(Math.max(zoom, 4), 0, 0);
      scroller.scrollLeft = left * map.offsetWidth - scroller.clientWidth / 2;
      scroller.scrollTop = top * map.offsetHeight - scroller.clientHeight / 2;
    };
    var bar = document.createElement("div");
    bar.className = "zoom";
    [["+", 2, "closer"], ["−", 0.5, "further away"], ["whole plate", 0, "show all"]].forEach(function (button) {
      var b = document.createElement("button");
      b.type = "button";
      b.textContent = button[0];
      b.title = button[2];
      b.onclick = function () { set(button[1] ? zoom * button[1] : 1, scroller.clientWidth / 2, scroller.clientHeight / 2); };
      bar.appendChild(b);
    });
    scroller.parentNode.insertBefore(bar, scroller);
    var from = null;
    scroller.addEventListener("mousedown", function (e) { if (zoom > 1) { from = [e.clientX + scroller.scrollLeft, e.clientY + scroller.scrollTop]; e.preventDefault(); } });
    window.addEventListener("mousemove", function (e) { if (from) { scroller.scrollLeft = from[0] - e.clientX; scroller.scrollTop = from[1] - e.clientY; } });
    window.addEventListener("mouseup", function () { from = null; });
    scroller.addEventListener("wheel", function (e) {
      if (!e.ctrlKey) return;
      e.preventDefault();
      var r = scroller.getBoundingClientRect();
      set(e.deltaY < 0 ? zoom * 2 : zoom / 2, e.clientX - r.left, e.clientY - r.top);
    }, { passive: false });
  });
  // Read-out: the tooltip of whatever is under (or just beside) the pointer, in words at the foot of the window.
  var around = [[0, 0], [0, -5], [0, 5], [-5, 0], [5, 0]];
  var out = document.createElement("div");
  out.className = "readout";
  out.setAttribute("aria-hidden", "true");
  document.body.appendChild(out);
  document.querySelectorAll("figure").forEach(function (figure) {
    function read(e) {
      var words = "";
      for (var i = 0; i < around.length && !words; i++) {
        var under = document.elementFromPoint(e.clientX + around[i][0], e.clientY + around[i][1]);
        if (!under || !figure.contains(under)) continue;
        var title = under.tagName !== "svg" && under.querySelector(":scope > title"), titled = under.closest("[title]");
        words = title ? title.textContent : titled && figure.contains(titled) ? titled.title : "";
      }
      out.textContent = words;
    }
    figure.addEventListener("pointermove", read);
    figure.addEventListener("pointerdown", read);
    figure.addEventListener("pointerleave", function () { out.textContent = ""; });
  });
  // A link to a place in the plan goes closer to it.
  function show() {
    var place = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    var figure = place && place.closest(".zoomable");
    if (!figure || !figure.zoomTo) return;
    figure.zoomTo(place);
    figure.scrollIntoView();
  }
  window.addEventListener("hashchange", show);
  if (location.hash) show();
  // The section being read is marked in the list at the top.
  if ("IntersectionObserver" in window) {
    var links = {};
    document.querySelectorAll("nav a").forEach(function (a) { links[a.hash.slice(1)] = a; });
    var seen = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) { if (links[entry.target.id]) links[entry.target.id].classList.toggle("here", entry.isIntersecting); });
    }, { rootMargin: "-20% 0px -70% 0px" });
    document.querySelectorAll("section[id]").forEach(function (s) { seen.observe(s); });
  }
})();
