// Builds the style sheet and the script of the pages into engage/web/static/built, with hashed names and a manifest.

import { createHash } from "node:crypto"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { brotliCompressSync, gzipSync } from "node:zlib"
import * as esbuild from "esbuild"
import * as sass from "sass"
import { logical } from "./logical.mjs"

const ASSETS = dirname(fileURLToPath(import.meta.url))
const ROOT = dirname(ASSETS)
const BUILT = join(ROOT, "engage", "web", "static", "built")
const MOST_BYTES = { "engage.css": 12 * 1024, "booklet.css": 4 * 1024, "beside.css": 4 * 1024, "engage.js": 5 * 1024 } // compressed, so that a page opens on a slow phone

async function styles(name) {
  const compiled = sass.compile(join(ASSETS, "styles", `${name}.scss`), {
    loadPaths: [join(ROOT, "node_modules")],
    quietDeps: true,
  })
  const small = await esbuild.transform(logical(compiled.css), { loader: "css", minify: true })
  return small.code
}

async function scripts() {
  const bundle = await esbuild.build({
    entryPoints: [join(ASSETS, "scripts", "engage.mjs")],
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2020",
    write: false,
  })
  return bundle.outputFiles[0].text
}

function keep(name, text) {
  const compressed = gzipSync(text, { level: 9 })
  if (compressed.length > MOST_BYTES[name]) {
    throw new Error(`${name} is ${compressed.length} bytes compressed; the most allowed is ${MOST_BYTES[name]}.`)
  }
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 10)
  const hashed = name.replace(".", `-${hash}.`)
  writeFileSync(join(BUILT, hashed), text)
  writeFileSync(join(BUILT, `${hashed}.gz`), compressed) // laid beside it, for engage/web/compression.py to serve
  writeFileSync(join(BUILT, `${hashed}.br`), brotliCompressSync(text))
  console.log(`${hashed}  ${(compressed.length / 1024).toFixed(1)} kB compressed`)
  return `built/${hashed}`
}

const [css, booklet, beside, js] = await Promise.all([styles("engage"), styles("booklet"), styles("beside"), scripts()])
rmSync(BUILT, { recursive: true, force: true })
mkdirSync(BUILT, { recursive: true })
const manifest = {
  "engage.css": keep("engage.css", css),
  "booklet.css": keep("booklet.css", booklet),
  "beside.css": keep("beside.css", beside),
  "engage.js": keep("engage.js", js),
}
writeFileSync(join(BUILT, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n") // last: it says the build is whole
