(() => {
  const months = document.currentScript.dataset.months.split(" ");
  const names = months.join("|");
  const two = "2-digit";
  const clock = new Intl.DateTimeFormat("en-GB", { year: "numeric", month: two, day: "numeric", hour: two, minute: two, hourCycle: "h23", timeZoneName: "short" });
  const read = (at) => Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  const write = (node, text) => {
    if (node.data !== text) node.data = text;
  };
  const show = (element) => {
    if (element.matches("[data-origin]")) return place(element);
    const at = new Date(element.dateTime || Date.now());
    if (isNaN(at)) return;
    const { year, month, day, hour, minute, timeZoneName } = read(at);
    if (element.dateTime) element.title = at.toISOString().slice(0, 19).replace("T", " ") + " UTC";
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      write(
        texts.currentNode,
        texts.currentNode.data
          .replace(/\d{4}-\d\d-\d\d/, `${year}-${month}-${day.padStart(2, "0")}`)
          .replace(RegExp(`\\d{1,2} (${names})( \\d{4})?`), (_, __, old) => `${day} ${months[month - 1]}${old ? " " + year : ""}`)
          .replace(/(^|[^+-])\d\d:\d\d/, `$1${hour}:${minute}`)
          .replace("UTC", timeZoneName),
      );
    }
  };
  const place = (element) => {
    const text = element.textContent.replaceAll("https://YOUR-SERVER", location.origin);
    if (text !== element.textContent) element.textContent = text;
  };
  const wanted = "time[datetime], [data-zone], [data-origin]";
  const within = (node) => {
    if (node.nodeType !== 1) return;
    if (node.matches(wanted)) show(node);
    node.querySelectorAll(wanted).forEach(show);
  };
  within(document.body);
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      const around = (target.nodeType === 1 ? target : target.parentElement)?.closest(wanted);
      if (around) show(around);
      else addedNodes.forEach(within);
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributeFilter: ["datetime"] });

  const reveal = (button, shown) => {
    button.setAttribute("aria-pressed", shown);
    document.getElementById(button.getAttribute("aria-controls")).type = shown ? "text" : "password";
  };
  document.querySelectorAll(".reveal").forEach((button) => (button.hidden = false));
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.(".reveal");
    if (button) reveal(button, button.getAttribute("aria-pressed") !== "true");
  });
  document.addEventListener("submit", ({ target }) => target.querySelectorAll(".reveal").forEach((button) => reveal(button, false)));
})();
