// Login at an OpenID Connect issuer: the authorization code flow with PKCE (RFC 7636), without a secret.
// The token is kept in this tab only, and never longer than it is valid.
const TOKEN = "parris-token", PENDING = "parris-login", DEFAULT_SECONDS = 3600, MARGIN_SECONDS = 30;

const ownAddress = () => location.origin + location.pathname;
const kept = (name) => JSON.parse(sessionStorage.getItem(name) || "null");

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const randomText = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

async function challengeOf(verifier) {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}

async function discover(issuer) {
  const response = await fetch(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  const found = await response.json();
  if (found.issuer !== issuer) throw new Error(`the issuer calls itself ${found.issuer}, not ${issuer}`);
  return found;
}

export function token() {
  const found = kept(TOKEN);
  return found && found.expiresAt > Date.now() ? found.value : null;
}

export function forgetToken() {
  sessionStorage.removeItem(TOKEN);
}

export async function beginLogin(login) {
  const found = await discover(login.issuer), verifier = randomText(), state = randomText();
  sessionStorage.setItem(PENDING, JSON.stringify({verifier, state, hash: location.hash}));
  const address = new URL(found.authorization_endpoint);
  const parameters = {
    response_type: "code", client_id: login.client_id, redirect_uri: ownAddress(), scope: "openid",
    state, code_challenge: await challengeOf(verifier), code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  location.assign(address);
}

// Called whenever the page opens: the issuer leads back to it with a code, or with an error.
export async function finishLogin(login) {
  const query = new URLSearchParams(location.search);
  if (!query.has("state")) return;
  const pending = kept(PENDING);
  sessionStorage.removeItem(PENDING);
  history.replaceState(null, "", ownAddress() + (pending ? pending.hash : ""));
  if (!pending || pending.state !== query.get("state")) throw new Error("this tab has not begun the login");
  if (query.has("error")) throw new Error(query.get("error_description") || query.get("error"));
  const found = await discover(login.issuer);
  const response = await fetch(found.token_endpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code", code: query.get("code"), redirect_uri: ownAddress(),
      client_id: login.client_id, code_verifier: pending.verifier,
    }),
  });
  const given = await response.json().catch(() => ({}));
  if (!response.ok || !given.access_token) throw new Error(given.error_description || given.error || "the issuer gave no token");
  const seconds = (given.expires_in || DEFAULT_SECONDS) - MARGIN_SECONDS;
  sessionStorage.setItem(TOKEN, JSON.stringify({value: given.access_token, expiresAt: Date.now() + seconds * 1000}));
}
