/**
 * Starts the service. This file is read by whatever Node there is, so it holds nothing that an old one cannot parse: it
 * says in one sentence what is needed, or hands over to src/main.ts, which Node runs as it is.
 */
var NEEDED = [22, 15]

var found = process.versions.node.split('.').map(Number)
var isOld = found[0] < NEEDED[0] || (found[0] === NEEDED[0] && found[1] < NEEDED[1])

if (isOld) {
  fail(
    'Node ' +
      process.versions.node +
      ' is too old: this needs Node 22.15 or newer; `npm start` uses the Node 24 that `npm ci` installs.',
  )
} else if (!process.features.typescript) {
  fail(
    'Node ' +
      process.versions.node +
      ' does not run TypeScript by itself; `npm start` uses the Node 24 that `npm ci` installs.',
  )
} else {
  quietSqliteWarning()
  import('./src/main.ts').then(
    function (module) {
      return module.main()
    },
    function (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
      fail(
        'A part of the service is missing (' +
          String(error.message).split('\n')[0] +
          '): run `npm ci`, then `npm start`.',
      )
    },
  )
}

function fail(sentence) {
  process.stderr.write(sentence + '\n')
  process.exitCode = 1
}

// The emulator's store is Node's own SQLite, which warns at each start that it may change.
function quietSqliteWarning() {
  var emitWarning = process.emitWarning.bind(process)
  process.emitWarning = function (warning) {
    if (String(warning).indexOf('SQLite is an experimental feature') !== -1) return
    emitWarning.apply(undefined, arguments)
  }
}
