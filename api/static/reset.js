const form = document.getElementById("form");
const notice = document.getElementById("notice");

function say(sentence) {
  notice.textContent = sentence;
  notice.hidden = false;
}

form.addEventListener("submit", async (submitted) => {
  submitted.preventDefault();
  const body = JSON.stringify({ token: form.dataset.token, password: document.getElementById("password").value });
  try {
    const answer = await fetch("/api/v1/auth/reset", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    if (answer.ok) {
      form.hidden = true;
      say("密码已更新，请重新登录。 Your password is changed: please sign in.");
    } else {
      say((await answer.json()).detail);
    }
  } catch {
    say("没有网络，请再试一次。 No network: please try again.");
  }
});
