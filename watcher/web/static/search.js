// Search as you type: the form works without this file, by its button.
(() => {
  const form = document.querySelector("form[data-live]");
  if (!form || !window.fetch || !window.URLSearchParams) return;
  const target = document.getElementById(form.dataset.live);
  let timer = 0;
  let asked = 0;
  const address = () => {
    const given = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...given]) if (!value) given.delete(name);
    const query = given.toString();
    return form.getAttribute("action") + (query ? "?" + query : "");
  };
  const show = async () => {
    const number = ++asked;
    const url = address();
    try {
      const answer = await fetch(url, { headers: { Accept: "text/html" } });
      if (!answer.ok || number !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById(form.dataset.live);
      if (!found) return;
      target.replaceChildren(...found.childNodes);
      document.title = page.title;
      history.replaceState(null, "", url);
      document.dispatchEvent(new Event("vigilabel:shown"));
    } catch {
      // the network failed: the button still works
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 250);
  });
})();
