using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;
using Dragoman.Protocols.Tokens;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Http;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Codex;

/// <summary>
/// <c>/v1/models</c> in a shape that OpenAI's and Anthropic's clients both read, with Claude's names among the models, and <c>/v1/messages/count_tokens</c>, which needs no account (wire notes
/// codex-and-antigravity §A.6, §A.16).
/// </summary>
internal sealed class CodexModels(ModelsEndpoint endpoint, ClientAuthentication authentication, RequestBodyReader bodies, CodexClientRules rules, Func<GatewayConfig> config, TimeProvider time)
{
    private const string Vendor = "openai";
    private const string ClaudeVendor = "anthropic";

    /// <summary>Maps the routes.</summary>
    public void Map(SurfaceRoutes routes)
    {
        // Who asks is seen by the routes themselves, so that a missing key is told in the form of the clients' API.
        var open = routes.Open().OnOwnListeners();
        open.Get("/v1/models", "The models, with Claude's names for them.", List);
        open.WithBody(null).Post("/v1/messages/count_tokens", "About how many tokens a prompt has; no account is asked.", CountAsync);
    }

    private SurfaceAnswer List(SurfaceCall call)
    {
        if (authentication.Check(call.Context) is { } refusal) return Refused(refusal);
        var visible = endpoint.Visible(call.Context);
        var data = new JsonArray();
        if (config().Accounts.Any(static account => account.Enabled))
        {
            foreach (var model in visible) data.Add((JsonNode)Model(model.Id, model.Facts.Vendor ?? model.Servers[0].Provider, model.Facts.DisplayName, ReleaseDate.From(model)));
            var isRestricted = ClientAuthentication.IdentityOf(call.Context).Scopes.Models.Count > 0;
            foreach (var name in CodexModelNames.Shown)
                if (!isRestricted && !visible.Any(model => model.Id == name) && rules.IsResolved(name, visible)) data.Add((JsonNode)Model(name, ClaudeVendor, null, null));
        }
        else
        {
            foreach (var name in CodexModelNames.WithoutAccount) data.Add((JsonNode)Model(name, Vendor, null, null));
            foreach (var name in CodexModelNames.Shown) data.Add((JsonNode)Model(name, ClaudeVendor, null, null));
        }

        return SurfaceAnswer.Json(new JsonObject
        {
            ["object"] = "list", ["data"] = data, ["has_more"] = false, ["first_id"] = data.Count > 0 ? data[0]!["id"]!.GetValue<string>() : null, ["last_id"] = data.Count > 0 ? data[^1]!["id"]!.GetValue<string>() : null,
        });
    }

    private JsonObject Model(string id, string owner, string? name, long? created)
    {
        var date = created ?? time.GetUtcNow().ToUnixTimeSeconds();
        return new JsonObject
        {
            ["id"] = id,
            ["object"] = "model",
            ["created"] = date,
            ["owned_by"] = owner,
            ["description"] = name ?? id,
            ["type"] = "model",
            ["display_name"] = name ?? id,
            ["created_at"] = JsonTimes.Iso(DateTimeOffset.FromUnixTimeSeconds(date)),
        };
    }

    private async Task<SurfaceAnswer> CountAsync(SurfaceCall call)
    {
        var protocol = ProtocolRegistry.Client(Protocol.AnthropicMessages);
        if (authentication.Check(call.Context) is { } refusal) return Refused(refusal);
        try
        {
            using var body = await bodies.ReadAsync(call.Context, call.CancellationToken);
            using var completed = rules.Complete(protocol.Protocol, body.WrittenSpan);
            Utf8TokenReader.Check((completed ?? body).WrittenSpan);
            var count = TokenEstimator.Count(protocol.ReadCountRequest((completed ?? body).WrittenMemory, default));
            return SurfaceAnswer.Json(new JsonObject { ["input_tokens"] = Math.Max(1, count) });
        }
        catch (WireException ex)
        {
            return Refused(ex.Error);
        }
        catch (JsonException ex)
        {
            return Refused(WireException.Invalid($"The request body could not be read: {ex.Message}", code: "invalid_json").Error);
        }
    }

    private static SurfaceAnswer Refused(WireError error)
    {
        var protocol = ProtocolRegistry.Client(Protocol.AnthropicMessages);
        var body = new System.Buffers.ArrayBufferWriter<byte>();
        protocol.WriteError(error, body);
        return SurfaceAnswer.Text(protocol.StatusOf(error), System.Text.Encoding.UTF8.GetString(body.WrittenSpan), "application/json");
    }
}
