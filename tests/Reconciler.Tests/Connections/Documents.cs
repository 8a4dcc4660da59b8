namespace Reconciler.Tests.Connections;

/// <summary>What operators send.</summary>
internal static class Documents
{
    public const string ZoPaySecretKey = "zo-secret-key-4711";
    public const string ZoPayWebhookSecret = "whsec_november_0815";

    public const string ZoPay = $$"""
        { "provider": "zopay", "environment": "sandbox",
          "api": { "baseUrl": "https://sandbox.zopay.example",
                   "credentials": { "apiKey": "zo-api-key-1234", "secretKey": "{{ZoPaySecretKey}}", "origin": "https://example.com" } },
          "webhook": { "secrets": [ { "id": "2026-11", "secret": "{{ZoPayWebhookSecret}}" } ],
                       "publicUrl": "https://pay.example.com/webhooks/zopay-sandbox",
                       "signatureHeaders": ["X-Zo-Signature"], "toleranceSeconds": 200 },
          "polling": { "silence": ["30s","1m","5m"], "verifyFinal": "always", "budget": [{ "requests": 50, "per": "1m" }] } }
        """;

    public const string Zayono = """{ "provider": "zayono", "api": { "credentials": { "apiKey": "zay-key-99" } } }""";

    public const string PawaPay = """
        { "provider": "pawapay", "api": { "apiVersion": "v1", "credentials": { "token": "paw-token-77" } }, "webhook": { "keysFrom": "api" } }
        """;
}
