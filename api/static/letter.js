// What the letter says comes from the API and is written as text. Asking for it is a look, which whom it is about sees.
const language = document.documentElement.lang;
const notice = document.getElementById("notice");
const code = encodeURIComponent(document.querySelector("main").dataset.code);
const recalls = document.getElementById("recalls");
const heard = document.getElementById("heard");
const GONE = { letter_withdrawn: "withdrawn", letter_lapsed: "lapsed" };

function say(sentence, isGood = false) {
  notice.textContent = sentence;
  notice.classList.toggle("good", isGood);
  notice.hidden = !sentence;
}

function line(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

async function ask(path, method = "GET") {
  const answer = await fetch(`/api/v1/letters/${code}${path}`, { method, headers: { "Accept-Language": language }, cache: "no-store" });
  return { ok: answer.ok, body: await answer.json() };
}

function show(letter) {
  const said = language === "en" ? letter.says.en : letter.says.zh;
  document.getElementById("says").replaceChildren(...said.map((sentence) => line("p", sentence)));
  document.getElementById("until").textContent = letter.expires_on;
  document.getElementById("letter").hidden = false;
  recalls.replaceChildren(...letter.recalls.map(({ why }) => line("li", recalls.dataset[why] || recalls.dataset.other)));
  document.getElementById("recalled").hidden = letter.recalls.length === 0;
  heard.hidden = letter.recalls.every(({ acknowledged_at: at }) => at !== null);
}

/** A letter that was withdrawn or has lapsed says nothing any more; that its receiver has heard of it can still be said. */
function refuse(problem) {
  say(problem.detail);
  const why = GONE[problem.code];
  if (!why) return;
  recalls.replaceChildren(line("li", recalls.dataset[why]));
  document.getElementById("recalled").hidden = false;
}

async function attempt(work) {
  try {
    const { ok, body } = await work();
    if (!ok) refuse(body);
    return ok ? body : null;
  } catch {
    say(notice.dataset.offline);
    return null;
  }
}

heard.addEventListener("click", async () => {
  heard.disabled = true;
  if (await attempt(() => ask("/acknowledge", "POST"))) {
    heard.hidden = true;
    say(heard.dataset.done, true);
  }
  heard.disabled = false;
});

const letter = await attempt(() => ask(""));
if (letter) show(letter);
