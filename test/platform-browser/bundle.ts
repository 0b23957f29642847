/** Bundles browser code as an application does. */
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
    // With this platform the build fails with a Node built-in.
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
    /** The modules with code in the bundle. */
    modules: outputs.flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => bytesInOutput > 0 ? [path] : [])
    ),
    /** The imports that are not in the bundle. */
    imports: outputs.flatMap(({ imports }) => imports.map(({ path }) => path))
  }
}

export const bundleExample = () => bundle({ file: resolve(exampleFolder, "main.ts") })
