/** Bundles browser code as an application would. */
import { build } from "esbuild"
import { resolve } from "node:path"
import { gzipSync } from "node:zlib"

const root = resolve(import.meta.dirname, "../..")

export const exampleFolder = resolve(root, "examples/browser")

export const bundle = async (entry: { readonly file: string } | { readonly source: string }) => {
  const { metafile, outputFiles } = await build({
    ...("file" in entry
      ? { entryPoints: [entry.file] }
      : { stdin: { contents: entry.source, resolveDir: import.meta.dirname, loader: "ts" } }),
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: "esm",
    // With this platform a Node built-in is an error of the build.
    platform: "browser",
    target: "es2022",
    metafile: true,
    write: false,
    logLevel: "silent"
  })
  const text = outputFiles.map(({ text }) => text).join("\n")
  const outputs = Object.values(metafile.outputs)
  return {
    text,
    gzipped: gzipSync(text).length,
    /** The modules of which something is left. */
    modules: outputs.flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => bytesInOutput > 0 ? [path] : [])
    ),
    /** What the bundle imports from outside itself. */
    imports: outputs.flatMap(({ imports }) => imports.map(({ path }) => path))
  }
}

export const bundleExample = () => bundle({ file: resolve(exampleFolder, "main.ts") })
