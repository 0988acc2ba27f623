/**
 * A self-signed certificate for 127.0.0.1 and its key, created only for these faults, because Node cannot create
 * certificates. Valid until 2126.
 */

export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUSxbGDXDvZdw8ScG
eb04kfFMGygqiOZnVFE6Haqg0k6hRANCAASOUy/f5+6GKg8o75QJZ5GWCk8fFX3y
bs9SaXx8NN7c1i2yqVAfs7/PMlAezja96cnb+8I9WJO9kOMriYtOzKvo
-----END PRIVATE KEY-----
`;

export const certificate = `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUZP2hkWqiF+bMnuDqlMUwznosxqgwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjE2MDUwOVoYDzIxMjYxMDI5
MTYwNTA5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASOUy/f5+6GKg8o75QJZ5GWCk8fFX3ybs9SaXx8NN7c1i2yqVAfs7/P
MlAezja96cnb+8I9WJO9kOMriYtOzKvoo28wbTAdBgNVHQ4EFgQUKWob6nYk2DAw
uBTmwzi+nUua1NwwHwYDVR0jBBgwFoAUKWob6nYk2DAwuBTmwzi+nUua1NwwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3QwCgYIKoZI
zj0EAwIDSQAwRgIhALZapiPRCt/nOOK13LCfZWOnOe/ruTp0H6lNUBcsYHLIAiEA
iAx7DXu/gWtiMkxzJtx/JQnrbRttLfxogsQboyt0cJw=
-----END CERTIFICATE-----
`;
