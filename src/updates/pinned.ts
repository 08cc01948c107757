/**
 * Ed25519 public key of those who sign models, base64url; it changes only with a release. The least version of a model
 * is that of the one that ships. The private half of this one was not kept, so nobody can sign for it: whoever releases
 * the extension pins a key of their own first (`npm run sign -- --new-key KEYFILE` prints its public part).
 */
export const MODEL_KEY = '1-ULAwuChGYzumwHHtSUU82UaN53qO1xxM2DYqVO8dc'
