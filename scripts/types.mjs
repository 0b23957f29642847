// Runs the type tests. tstyche needs the JavaScript API of the compiler, which TypeScript 7 does not have, so it runs with
// TypeScript 6. Naming the module also prevents tstyche from downloading a compiler.

process.env.TSTYCHE_TYPESCRIPT_MODULE = import.meta.resolve("typescript-6")

await import(new URL("../node_modules/tstyche/dist/bin.js", import.meta.url).href)
