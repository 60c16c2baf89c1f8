// Runs before the first paint: the chosen theme, if one was chosen; the system's otherwise.
(() => {
  const root = document.documentElement;
  const take = () => {
    const stored = localStorage.getItem("theme");
    if (stored === "light" || stored === "dark") root.dataset.theme = stored;
    else delete root.dataset.theme;
  };
  take();
  const dark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const tell = () => document.dispatchEvent(new CustomEvent("themechange"));

  addEventListener("beforeprint", () => {
    if (!dark()) return;
    root.dataset.theme = "light"; // paper is white; plots and canvases are drawn in what holds now
    tell();
  });
  addEventListener("afterprint", () => {
    const printed = root.dataset.theme;
    take();
    if (root.dataset.theme !== printed) tell();
  });

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    if (!button) return;
    const label = () => (button.textContent = dark() ? "Light" : "Dark");
    const draw = () => {
      take();
      label();
      tell();
    };
    button.addEventListener("click", () => {
      localStorage.setItem("theme", dark() ? "light" : "dark");
      draw();
    });
    addEventListener("storage", (event) => void (event.key === "theme" && draw())); // chosen in another tab
    addEventListener("pageshow", (event) => void (event.persisted && draw())); // or while this page lay in the cache
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", label);
    label();
  });
})();
