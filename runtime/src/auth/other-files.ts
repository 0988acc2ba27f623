/** Recognizes files that people take for credentials, for messages. These contain nothing of the file. */

const oauthClient =
  "is the JSON of an OAuth client, which identifies a program, not a user. To let a user sign in, pass it to OAuthClient.fromFile() or run `discogen login --client FILE`";
const firebase =
  "is a Firebase configuration for apps, which identifies a project and contains no credentials. Create a key in the Firebase console: Project settings, Service accounts";
const apiKey = "is an API key. Pass it to new ApiKeyCredentials()";
const accessToken = "is an access token. Pass it to new AccessTokenCredentials()";
const encrypted = "is encrypted. Decrypt it first";

/** Describes a JSON object without a known `type`: `is …`. */
export function describeMembers(members: { readonly [name: string]: unknown }): string | undefined {
  const has = (...names: readonly string[]): boolean => names.every((name) => Object.hasOwn(members, name));
  if (has("sops") || has("ciphertext")) return encrypted;
  if (has("installed") || has("web")) return oauthClient;
  if (has("project_info", "client")) return firebase.replace("configuration", "configuration (google-services.json)");
  if (has("apiKey")) return has("authDomain") || has("projectId") || has("appId") ? firebase : apiKey;
  if (has("privateKeyData"))
    return "is the API's response about a new key. The key file is its member privateKeyData, in Base64";
  if (has("access_token"))
    return "is the response of a token endpoint. Pass its access_token to new AccessTokenCredentials()";
  if (has("client_id", "client_secret") && !has("refresh_token")) return oauthClient;
  if (has("kty") || has("keys")) return "is a JSON Web Key. Google's key files have the key in PEM, in private_key";
  if (has("cert_configs"))
    return "is a configuration of client certificates. Set GOOGLE_API_CERTIFICATE_CONFIG to its path";
  if (has("apiVersion", "kind")) return "is a Kubernetes object. The key file is inside it, in Base64";
  if (has("AccessKeyId") || has("aws_access_key_id"))
    return "contains credentials for AWS. Use a configuration for workload identity federation";
  if (has("dependencies") || has("compilerOptions")) return "is a configuration of a program, not of credentials";
  return undefined;
}

// oxlint-disable-next-line no-control-regex -- tag and length of an integer in DER
const derVersion: RegExp = /^0[^]{1,4}\x02\x01([^])/;

/** Describes a text that is not JSON: `is …`. */
export function describeText(text: string): string | undefined {
  if (text.trim() === "") return text === "" ? "is empty" : "is blank";
  if (/^\0+$/.test(text)) return "contains only zero bytes, for example since a disk was full. Write it again";
  if (text.startsWith("SQLite format 3"))
    return "is a SQLite database, for example gcloud's credentials.db. Run `gcloud auth application-default login` to get a file for applications";
  // DER of PFX and of PrivateKeyInfo, read as UTF-8: a sequence that begins with the version.
  const [, version] = derVersion.exec(text) ?? [];
  if (version === "\x03") return "is a PKCS#12 key (.p12, .pfx). Create a key of the type JSON instead";
  if (version === "\0") return "is a private key in DER, not JSON. Create a key of the type JSON";
  if (/^(?:\0GITCRYPT|\$ANSIBLE_VAULT|age-encryption|-----BEGIN (?:PGP|AGE))/.test(text)) return encrypted;
  if (text.startsWith("\x1f\ufffd")) return "is compressed by gzip. Decompress it first";
  if (text.startsWith("PK\x03\x04")) return "is a ZIP archive. Extract the key file first";
  if (/[\0\ufffd]/.test(text.slice(0, 4096))) return "is a binary file, not JSON";
  return describeLines(text.trim());
}

function describeLines(text: string): string | undefined {
  if (/^\{\s*'/.test(text)) return "is a Python dictionary, not JSON. Write it with json.dumps()";
  if (text.startsWith("{")) return text.endsWith("}") ? undefined : "is cut off: it is JSON without its end";
  if (/PRIVATE KEY-----/.test(text.slice(0, 4096)))
    return "is a bare private key, not JSON. The key file of the Cloud console contains it beside the account's address";
  if (/^-----BEGIN (?:TRUSTED )?CERTIFICATE/.test(text)) return "is a certificate, not JSON";
  if (/^-----BEGIN (?:RSA )?PUBLIC KEY/.test(text)) return "is a public key, not JSON";
  if (/^AIza[\w-]{30,60}$/.test(text)) return apiKey;
  if (/^(?:bearer\s+)?ya29\.\S+$/i.test(text)) return accessToken;
  if (/^1\/\/[\w-]{20,}$/.test(text))
    return "is a refresh token. It needs the client_id and client_secret it was issued to";
  if (/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) return "is a JSON Web Token, for example an ID token, not credentials";
  if (text.startsWith("version https://git-lfs")) return "is a pointer of Git LFS. Run `git lfs pull`";
  if (/<plist|<!DOCTYPE plist/i.test(text.slice(0, 1000)))
    return firebase.replace("configuration", "configuration (GoogleService-Info.plist)");
  if (/^<(?:!doctype\s+html|html)/i.test(text))
    return "is an HTML page, for example a sign-in page in place of a download";
  if (text.startsWith("<")) return "is XML, not JSON";
  if (/\bapiKey["']?\s*:/.test(text) && /\bauthDomain["']?\s*:/.test(text)) return firebase;
  if (/^\[[^\]\n]+\]\s*$/m.test(text))
    return /^\s*gs_|^\[(?:Credentials|Boto|GSUtil|OAuth2)\]/m.test(text)
      ? "is a configuration of gsutil (.boto). Run `gcloud auth application-default login` to get a file for applications"
      : "is an INI file, for example gcloud's or AWS's configuration, not JSON";
  if (text.startsWith("[")) return undefined;
  if (/^(?:export\s+)?[A-Za-z_]\w*=/m.test(text))
    return "is a file of environment variables (.env). Load it, and pass the variable to credentialsFromEnv()";
  if (/^(?:---\s*$|[\w"'-]+\s*:(?:\s|$))/m.test(text)) return "is YAML, not JSON";
  if (/^(?:~|\.{0,2}|[A-Z]:)[/\\][^\n]{1,1000}$/i.test(text))
    return "contains a path, not credentials, as a symbolic link does that was stored as text";
  if (/^[\w+/-]{40,}={0,2}$/.test(text.slice(0, 4096).replaceAll(/\s/g, "")))
    return "is Base64, but not of JSON, or is incomplete";
  return undefined;
}
