// Turns left and right into start and end, so that the same style sheet serves Urdu and English.
//
// GOV.UK Frontend writes most of its rules for left-to-right pages only. Rewriting them here mirrors every
// component at once; drawn arrows, which have a direction of their own, are turned in styles/_mirrored.scss.

const SIDE = { left: "start", right: "end" }
const SHORTHAND = /^(\s*)(margin|padding): ([^;]+);$/

function parts(value) {
  const found = []
  let depth = 0
  let part = ""
  for (const letter of value.trim()) {
    if (letter === "(") depth += 1
    if (letter === ")") depth -= 1
    if (letter === " " && depth === 0) {
      found.push(part)
      part = ""
    } else {
      part += letter
    }
  }
  return [...found, part]
}

function declaration(line) {
  const four = line.match(SHORTHAND)
  if (four) {
    const [, indent, name, value] = four
    const [top, right, bottom, left] = parts(value)
    if (left === undefined || left === right) return line
    return `${indent}${name}-block: ${top} ${bottom};\n${indent}${name}-inline: ${left} ${right};`
  }
  return line
    .replace(/^(\s*)(margin|padding)-(left|right):/, (_, s, name, side) => `${s}${name}-inline-${SIDE[side]}:`)
    .replace(/^(\s*)border-(left|right)(-\w+)?:/, (_, s, side, rest) => `${s}border-inline-${SIDE[side]}${rest ?? ""}:`)
    .replace(/^(\s*)(left|right):/, (_, s, side) => `${s}inset-inline-${SIDE[side]}:`)
    .replace(/^(\s*)text-align: (left|right)/, (_, s, side) => `${s}text-align: ${SIDE[side]}`)
    .replace(/^(\s*)justify-content: (left|right)/, (_, s, side) => `${s}justify-content: ${SIDE[side]}`)
    // Browsers before 2023 do not know inline-start: they read the first line and stay left-to-right.
    .replace(/^(\s*)float: (left|right);/, (all, s, side) => `${all}\n${s}float: inline-${SIDE[side]};`)
}

export function logical(css) {
  return css.split("\n").map(declaration).join("\n")
}
