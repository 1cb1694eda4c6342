// What is wrong with the page as it stands, in sentences; the test says which are too small to matter.
() => {
  const name = (element) => `<${element.tagName.toLowerCase()}${element.id ? " #" + element.id : ""}> ${(element.textContent || "").trim().slice(0, 30)}`;
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  const seen = (selector) => [...document.querySelectorAll(selector)].filter(isSeen);
  const found = [];

  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) found.push(`${wide} px too wide`);
  for (const element of seen("body *")) {
    const { left, right } = element.getBoundingClientRect();
    if (left < -1 || right > innerWidth + 1) found.push(`leaves the screen: ${name(element)}`);
  }

  for (const control of seen("a, button, input, select, textarea")) {
    const target = ["checkbox", "radio"].includes(control.type) ? control.labels[0] : control;
    const { width, height } = target.getBoundingClientRect();
    if (width < 44 || height < 44) found.push(`${Math.round(width)} × ${Math.round(height)} px to tap: ${name(target)}`);
    if (!(control.labels?.[0]?.textContent || control.textContent || control.ariaLabel || control.querySelector("img")?.alt || "").trim()) found.push(`no label: ${name(control)}`);
  }
  for (const image of seen("img")) if (!image.alt) found.push(`no alt: ${name(image)}`);

  for (const element of seen("body *")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue;
    if (contrast(element) < 7) found.push(`contrast ${contrast(element).toFixed(1)}: ${name(element)}`);
    if (parseFloat(getComputedStyle(element).fontSize) < 16) found.push(`small type: ${name(element)}`);
  }
  return found;
}
