using System.Text.Json.Nodes;
using Dragoman.Gateway.Providers;
using Dragoman.Management;
using Dragoman.Management.Accounts;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary><c>/api-call</c> (wire notes cliproxyapi 1.12), at addresses of accounts and their providers only; and <c>/latest-version</c>, which asks nobody.</summary>
internal sealed class ApiCallRoutes(VendorCallService vendors, AuthIndexes indexes) : ICliProxyRoutes
{
    private const int MostBytes = 4 << 20;

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var management = new ManagementRoutes(routes);
        management.WithBody(MostBytes).Add("POST", "/api-call", "Asks an account's provider something with the account's token; no other address is asked.", AskAsync);
        // The gateway calls nobody by itself: it knows of no later version than its own.
        management.Get("/latest-version", "Tells the version that runs; nobody is asked for a later one.", static _ => Task.FromResult(SurfaceAnswer.Json(new JsonObject { ["latest-version"] = $"v{Product.Version}" })));
    }

    private async Task<SurfaceAnswer> AskAsync(SurfaceCall call)
    {
        var body = await call.BodyAsync();
        var index = ConfigEdits.TextOf(body["auth_index"] ?? body["authIndex"] ?? body["AuthIndex"])?.Trim();
        var account = index is { Length: > 0 } ? indexes.Find(index) : null;
        var headers = (body["header"] as JsonObject ?? body["headers"] as JsonObject)?.Select(static pair => KeyValuePair.Create(pair.Key, ConfigEdits.TextOf(pair.Value) ?? "")).ToList() ?? [];
        var wanted = new VendorCall(index is { Length: > 0 } ? account?.Id ?? index : null, Text("method"), Text("url"), headers, Text("data"), ConfigEdits.TextOf(body["proxy_url"])?.Trim());
        var answer = await vendors.AskAsync(wanted, call.Actor, call.CancellationToken);
        if (!answer.Succeeded) return answer.Error.Code == "vendor_unreachable" ? CliProxyErrors.Flat(502, answer.Error.Message) : CliProxyErrors.AnswerOf(answer.Error);
        return SurfaceAnswer.Json(new JsonObject
        {
            ["status_code"] = answer.Value.Status,
            ["header"] = new JsonObject(answer.Value.Headers.Select(static pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, new JsonArray([.. pair.Value.Select(static value => (JsonNode)value)])))),
            ["body"] = answer.Value.Body,
        });

        string Text(string name) => ConfigEdits.TextOf(body[name])?.Trim() ?? "";
    }
}
