import { explain } from "./expected.mjs";

const EXAMPLES = 12;

/** Prints a line per section, then each sort of difference once, with its first case and its count. */
export function createReport() {
  const started = Date.now();
  let unexpected = 0;
  const totals = new Map();

  function section(name) {
    const groups = new Map();
    let alike = 0;
    let differ = 0;
    let meant = 0;
    let skipped = 0;
    const outcomes = new Map();
    return {
      /** What the cases came to, to see that they are about what they seem to be. */
      note(kase, seen) {
        const { stopReason, errorMessage } = seen.message ?? {};
        const text = seen.thrown ?? [stopReason, errorMessage].filter(Boolean).join(": ");
        const id = `${kase.model.api} ${text.slice(0, 110).replace(/\s+/g, " ")}`;
        outcomes.set(id, (outcomes.get(id) ?? 0) + 1);
      },
      add(caseName, kase, differences, seen) {
        if (differences.length === 0) {
          alike++;
          return;
        }
        const facts = { section: name, name: caseName, tags: kase.tags, kase, seen };
        const rest = differences.filter((difference) => {
          const rule = explain({ ...facts, ...difference });
          if (rule) totals.set(rule.id, (totals.get(rule.id) ?? 0) + 1);
          return !rule;
        });
        if (rest.length === 0) meant++;
        else differ++;
        // A case that differs in many ways is shown once for each way.
        for (const difference of rest) {
          const id = `${difference.kind} ${difference.path.replace(/\d+/g, "N")}`;
          const group = groups.get(id) ?? { count: 0, first: { caseName, kase, difference } };
          group.count++;
          groups.set(id, group);
        }
      },
      skip() {
        skipped++;
      },
      close() {
        unexpected += differ + skipped;
        const counts = [`${alike} alike`, `${differ} differ`];
        if (meant > 0) counts.push(`${meant} differ as expected`);
        if (skipped > 0) counts.push(`${skipped} not run, too many hang`);
        console.log(`${name}: ${counts.join(", ")}`);
        const sorted = [...groups.values()].sort((a, b) => b.count - a.count);
        for (const { count, first } of sorted.slice(0, EXAMPLES)) print(count, first);
        if (sorted.length > EXAMPLES) console.log(`  and ${sorted.length - EXAMPLES} more sorts`);
        for (const [id, count] of [...outcomes].sort((a, b) => b[1] - a[1])) console.log(`  ${count} ${id}`);
      },
    };
  }

  function headers(rows) {
    for (const row of rows) {
      const { header, alpha, beta, section, api } = row;
      const rule = explain({
        kind: "header",
        path: header,
        alpha,
        beta,
        section,
        api,
        tags: new Set(),
        seen: {},
      });
      if (rule) {
        totals.set(rule.id, (totals.get(rule.id) ?? 0) + row.count);
        continue;
      }
      unexpected++;
      console.log(
        `  header ${row.id}, ${row.count} requests, first in ${row.section} ${row.caseName}: ${show(row.alpha)} | ${show(row.beta)}`,
      );
    }
  }

  function finish() {
    for (const [id, count] of totals) console.log(`expected ${id}: ${count}`);
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    console.log(
      unexpected === 0
        ? `no unexpected difference (${seconds} s)`
        : `${unexpected} unexpected (${seconds} s)`,
    );
    return unexpected === 0;
  }

  return { section, headers, finish };
}

function print(count, { caseName, kase, difference }) {
  const tags = [...(kase.tags ?? [])].join();
  console.log(
    `  ${difference.kind} ${difference.path} in ${count}, first ${caseName} ${kase.call} ${kase.model.api} ${tags}`,
  );
  console.log(`    alpha ${show(difference.alpha)}`);
  console.log(`    beta  ${show(difference.beta)}`);
}

const show = (value) => (value === undefined ? "(none)" : String(value));
