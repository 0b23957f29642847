// Runs the type tests. tstyche needs the compiler's JavaScript API, which TypeScript 7 no longer has, so it gets the
// last compiler that does; naming the module also keeps tstyche from downloading one of its own.

process.env.TSTYCHE_TYPESCRIPT_MODULE = import.meta.resolve("typescript-6")

await import(new URL("../node_modules/tstyche/dist/bin.js", import.meta.url).href)
