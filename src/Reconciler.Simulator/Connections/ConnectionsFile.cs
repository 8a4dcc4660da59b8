using System.Text.Json.Nodes;
using Reconciler.Simulator.PawaPay;

namespace Reconciler.Simulator.Connections;

/// <summary>The connections file that makes a service trust this simulator: <c>{"connections": {"zopay-sim": {…}, …}}</c>.</summary>
public static class ConnectionsFile
{
    /// <param name="self">Where this simulator listens, as the service sees it.</param>
    /// <param name="service">Where the service listens, as this simulator sees it; null: where each connection's webhooks go now.</param>
    public static JsonObject Write(ConnectionBook book, PawaPayKeys keys, Uri self, Uri? service)
    {
        var connections = new JsonObject();
        foreach (var connection in book.All)
        {
            connections[connection.Key] = new JsonObject
            {
                ["provider"] = connection.Provider.Name,
                ["environment"] = "sandbox",
                ["api"] = Api(connection, self),
                ["webhook"] = Webhook(connection, keys, service),
                ["polling"] = new JsonObject
                {
                    ["silence"] = new JsonArray("3s", "5s", "10s", "20s"),
                    ["budget"] = new JsonArray(new JsonObject { ["requests"] = 600, ["per"] = "1m" }),
                },
            };
        }

        return new JsonObject { ["connections"] = connections };
    }

    private static JsonObject Api(SimConnection connection, Uri self)
    {
        var credentials = new JsonObject();
        foreach (var (name, value) in connection.Credentials)
        {
            credentials[name] = value;
        }

        var api = new JsonObject { ["baseUrl"] = self.AbsoluteUri.TrimEnd('/') + connection.BasePath, ["credentials"] = credentials };
        if (connection.ApiVersion.Length > 0)
        {
            api["apiVersion"] = connection.ApiVersion;
        }

        return api;
    }

    private static JsonObject Webhook(SimConnection connection, PawaPayKeys keys, Uri? service)
    {
        var url = service is null ? connection.WebhookUrl : ConnectionBook.WebhookUrl(service, connection.Key);
        var webhook = new JsonObject();
        switch (connection.ApiVersion)
        {
            case "v2":
                webhook["keys"] = new JsonArray([.. keys.Published().Select(key => new JsonObject { ["id"] = key.Id, ["pem"] = key.Pem })]);
                break;
            case "v1":
                webhook["keysFrom"] = "api";
                break;
            default:
                webhook["secrets"] = new JsonArray(new JsonObject { ["id"] = "sim", ["secret"] = connection.WebhookSecret });
                break;
        }

        webhook["publicUrl"] = url.AbsoluteUri;
        return webhook;
    }
}
