// What several screens of credit ask for: whose files there are, one entry among them, and the rules in force somewhere.
const api = require("./api");
const { t } = require("./i18n");
const { Problem } = require("./problem");
const session = require("./session");

const PAGES_MOST = 40;

/** Whom somebody speaks for: themselves, their household, each merchant they own; with the file where there is one. */
async function subjects(me) {
  const [files, merchants] = await Promise.all([api.all("/me/credit-files"), Promise.all(ownMerchants().map((id) => api.get(`/merchants/${id}`)))]);
  const fileOf = (kind, id) => files.items.find((file) => file.kind === kind && (kind !== "merchant" || file.merchant_id === id)) || null;
  const found = [{ value: "resident", kind: "resident", text: t("credit.own"), name: me.display_name, file: fileOf("resident") }];
  if (me.household_id) found.push({ value: "household", kind: "household", text: t("credit.household"), name: me.household_name, file: fileOf("household") });
  return [...found, ...merchants.map(({ id, name }) => ({ value: id, kind: "merchant", merchant_id: id, text: name, name, file: fileOf("merchant", id) }))];
}

function ownMerchants() {
  const { roles } = session.person() || { roles: [] };
  return [...new Set(roles.filter((held) => held.role === "merchant_owner" && held.merchant_id).map((held) => held.merchant_id))];
}

const wanted = ({ kind, merchant_id: merchant }) => (merchant ? { kind, merchant_id: merchant } : { kind });

/** One row of a list, wherever it stands in it; a Problem where it does not. */
async function find(path, isIt, query = {}) {
  let cursor;
  for (let page = 0; page < PAGES_MOST; page += 1) {
    const found = await api.get(path, { limit: 100, ...query, cursor });
    const row = found.items.find(isIt);
    if (row) return row;
    cursor = found.next_cursor;
    if (!cursor) break;
  }
  throw new Problem(404, { code: "not_found", detail: t("credit.not_there") });
}

/** An entry and the file in which it stands; `fileId` may be unknown: then it is looked for in all of one's own. */
async function entryOf(id, fileId) {
  const files = (await api.all("/me/credit-files")).items.filter((file) => !fileId || file.id === fileId);
  for (const file of files) {
    const row = await find(`/credit-files/${file.id}/entries`, (each) => each.id === id).catch(ifThere);
    if (row) return { row, file };
  }
  throw new Problem(404, { code: "not_found", detail: t("credit.not_there") });
}

function ifThere(problem) {
  if (problem.status === 404) return null;
  throw problem;
}

/** A score, or null where there is none to show: no rulebook in force, or not in the scheme. */
async function scoreOf(fileId) {
  try {
    return await api.get(`/credit-files/${fileId}/score`);
  } catch (problem) {
    if (problem.status === 409) return null;
    throw problem;
  }
}

/** The rulebooks of a kind that hold in an area, each with its area and versions. */
async function booksOf(areaId, kind) {
  const { items } = await api.all("/rulebooks", { area_id: areaId, kind });
  return Promise.all(items.map(async (book) => {
    const [area, versions] = await Promise.all([api.get(`/areas/${book.area_id}`), api.all(`/rulebooks/${book.id}/versions`)]);
    return { ...book, area, versions: versions.items };
  }));
}

/** The version in force in an area, with its rules; null without one. */
async function rulesOf(areaId, kind) {
  try {
    return await api.get("/rulebooks/in-force", { area_id: areaId, kind });
  } catch (problem) {
    if (problem.code === "no_rulebook") return null;
    throw problem;
  }
}

module.exports = { booksOf, entryOf, find, rulesOf, scoreOf, subjects, wanted };
