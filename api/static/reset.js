const SHORTEST = 12;
const form = document.getElementById("form");
const notice = document.getElementById("notice");
const password = document.getElementById("password");
const button = form.querySelector("button");

function say(sentence) {
  notice.textContent = sentence;
  notice.hidden = false;
}

function complain(sentence) {
  password.setAttribute("aria-invalid", "true");
  password.focus();
  say(sentence);
}

async function send() {
  const body = JSON.stringify({ token: form.dataset.token, password: password.value });
  const headers = { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang };
  const answer = await fetch("/api/v1/auth/reset", { method: "POST", headers, body });
  return answer.ok ? null : answer.json();
}

function answerWith(problem) {
  if (problem?.errors?.password) return complain(problem.errors.password[0]);
  form.hidden = !problem || problem.code === "reset_invalid";
  notice.classList.toggle("good", !problem);
  say(problem ? problem.detail : notice.dataset.done);
}

form.addEventListener("submit", async (submitted) => {
  submitted.preventDefault();
  notice.hidden = true;
  password.removeAttribute("aria-invalid");
  if ([...password.value].length < SHORTEST) return complain(notice.dataset.short);
  button.disabled = true;
  try {
    answerWith(await send());
  } catch {
    say(notice.dataset.offline);
  } finally {
    button.disabled = false;
  }
});
document.getElementById("shown").addEventListener("change", (changed) => {
  password.type = changed.target.checked ? "text" : "password";
});
