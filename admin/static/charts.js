// Draws the pictures anew with ECharts, from the tables that stand beside them.
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();

function read(table) {
  const names = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows];
  return {
    labels: rows.map((row) => row.cells[0].textContent.trim()),
    series: names.map((name, place) => ({ name, values: rows.map((row) => Number(row.cells[place + 1].dataset.value)) })),
  };
}

function options({ labels, series }, lying) {
  const names = { type: "category", data: labels, inverse: lying, axisTick: { show: false }, axisLabel: { color: colour("--quiet"), width: 130, overflow: "truncate" } };
  const numbers = { type: "value", axisLabel: { color: colour("--quiet") }, splitLine: { lineStyle: { color: colour("--line") } } };
  return {
    animation: false,
    aria: { enabled: true, decal: { show: series.length > 1 } },
    color: [colour("--first"), colour("--second")],
    grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
    xAxis: lying ? numbers : names,
    yAxis: lying ? names : numbers,
    series: series.map(({ name, values }) => ({ name, type: "bar", data: values, barMaxWidth: 36 })),
  };
}

for (const figure of document.querySelectorAll(".picture")) {
  const drawn = figure.querySelector(".drawn");
  if (!drawn || !window.echarts) continue;
  drawn.setAttribute("aria-hidden", "true"); // the table says the same
  drawn.replaceChildren();
  drawn.classList.add("live");
  const chart = window.echarts.init(drawn, null, { renderer: "svg" });
  chart.setOption(options(read(figure.querySelector("table")), figure.dataset.lying === "yes"));
  new ResizeObserver(() => chart.resize()).observe(drawn);
}
