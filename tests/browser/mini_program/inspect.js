// What is wrong with the screen that is shown, in sentences: what leaves it, what is cut off, what is too small to tap or has no name.
() => {
  const name = (element) => `<${element.tagName.toLowerCase()} ${element.className}> ${(element.textContent || "").trim().slice(0, 30)}`;
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  const seen = (selector) => [...document.querySelectorAll(selector)].filter(isSeen);
  const found = [];
  for (const element of seen("body *").filter((each) => !each.closest("scroll-view"))) { // what is made to be moved sideways
    const { left, right } = element.getBoundingClientRect();
    if (left < -1 || right > innerWidth + 1) found.push(`leaves the screen: ${name(element)}`);
    const isClipped = element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== "visible" && element.clientWidth > 0;
    if (isClipped && !["INPUT", "TEXTAREA"].includes(element.tagName)) found.push(`cut off or scrolls sideways: ${name(element)}`);
  }
  for (const control of seen("#phone :is(a, button, input, select, textarea)")) {
    const { width, height } = control.getBoundingClientRect();
    const isRound = control.classList.contains("wx-switch"); // its row is what one aims at
    if (!isRound && (width < 44 || height < 44)) found.push(`${Math.round(width)} × ${Math.round(height)} px to tap: ${name(control)}`);
    if (!(control.labels?.[0]?.textContent || control.textContent || control.ariaLabel || "").trim()) found.push(`no label: ${name(control)}`);
  }

  for (const element of seen("#phone *")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue;
    if (contrast(element) < 7) found.push(`contrast ${contrast(element).toFixed(1)}: ${name(element)}`);
    if (parseFloat(getComputedStyle(element).fontSize) < 16 && !element.closest("#tabs")) found.push(`small type: ${name(element)}`);
  }
  return found;
}
