// Runs before the first paint: the chosen theme, if one was chosen; the system's otherwise.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  let printing = false; // on paper, which is white
  const chosen = () => ["light", "dark"].find((theme) => theme === localStorage.getItem("theme"));
  const dark = () => !printing && (chosen() ?? (system.matches ? "dark" : "light")) === "dark";
  const take = () => {
    const theme = printing ? "light" : chosen();
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  take();
  const tell = () => document.dispatchEvent(new CustomEvent("themechange"));

  /** Plots and canvases are drawn in what holds now. @param {boolean} paper */
  const print = (paper) => {
    printing = paper;
    take();
    tell();
  };
  addEventListener("beforeprint", () => dark() && print(true));
  addEventListener("afterprint", () => printing && print(false));

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
    system.addEventListener("change", label);
    label();
  });
})();
