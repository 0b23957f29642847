/** The public key that the simulator serves at `/oauth2/keys`. */
import type { PublicKey } from "../../models/PublicKeys.ts"

/** Signs nothing, because the simulator issues no id_token. */
export const publicKey: PublicKey = {
  kty: "RSA",
  use: "sig",
  kid: "simulated",
  n: [
    "ji8y_O-ZHmq0HPtqSTGfv-0w9RKAdKWBoUWbam5uCMgPAwdagj-uDN35J1ivvLIOT0q71zwsDE4mXPXAUS4XW1iC4DL6snwbuDyX",
    "GoYkXPRAHB_9SADkqxFcgaP3fxTK521pZYeSlGk-HRrXa5O1YntFa42dOmYNl0NvU-l3GXbjFvKB1C4ECv4xhkXOLnHREwSTbxKd",
    "fwMCEXN5mHU6MMH_1nH8RoS1pYls5Rl1aqXDFQPOCgqJSekUPtuJP77GjCCZlDBS9W1TXUQfNTf8EwCh2liR1GcNro3pIEesawI2",
    "V1F4jaM3B1LR-s0EzUg97bB648yfKfM4cXL2QEtwow"
  ].join(""),
  e: "AQAB",
  alg: "RS256"
}
