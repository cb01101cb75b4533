using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Dragoman.Server.Listeners;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>What clients of a Kiro proxy count on: its names for models, a model where they name none, and its status for an upstream that is silent too long. Errors are in the client's own form.</summary>
internal sealed class KiroClientRules(Func<GatewayConfig> config) : ISurfaceClientRules
{
    private const int SilentTooLong = 504;
    private const int TimedOut = 408;
    private const int Unavailable = 503;
    private static readonly ModelMetadata Unknown = new();

    private const string NoAccount = "All accounts are rate limited or unavailable";

    /// <inheritdoc/>
    public string ModelOf(string requested, IReadOnlyList<VisibleModel> models) => KiroModelNames.Resolve(requested, models, IsListed);

    /// <summary>A body without a model, or with an empty one, means Claude Sonnet 4 (wire note C.2).</summary>
    public PooledBuffer? Complete(Protocol protocol, ReadOnlySpan<byte> body)
    {
        // There the model stands in the address.
        if (protocol is Protocol.Gemini || FindModel(body) is not var (start, length, hasOthers)) return null;
        if (length == 0) return BodyMembers.Prepend(body, "\"model\":\"claude-sonnet-4\"", hasOthers);
        var buffer = new PooledBuffer(body.Length + 64);
        buffer.Write(body[..start]);
        buffer.Write("\"claude-sonnet-4\""u8);
        buffer.Write(body[(start + length)..]);
        return buffer;
    }

    /// <inheritdoc/>
    public IResponseChannel Shape(HttpContext context, Protocol protocol, IResponseChannel channel)
        => new ErrorRewriteChannel(channel, (status, body) => status switch
        {
            SilentTooLong => (TimedOut, body.ToArray()),
            // Google's clients hear of an unknown model with 400. What is not there besides models is 404 as ever.
            404 or 400 when body.Span.IndexOf("The model '"u8) >= 0 && !config().Accounts.Any(static account => account.Enabled) => (Unavailable, Rewrite(body)),
            _ => (status, body.ToArray()),
        });

    private IEnumerable<Account> Accounts() => config().Accounts.Where(static account => account is { Provider: KiroAccounts.Provider, Enabled: true });

    /// <summary>Whether the service has listed a model for an account that serves all it has: what the account would show of it tells that.</summary>
    private bool IsListed(string model) => Accounts().Any(account => account.Models.Count == 0 && account.Scope.Shows(new CatalogModel(model, Unknown, Listed: true)));

    /// <summary>An error in the client's own form that says that there is no account (wire note A.1.3): its members stay, and say so.</summary>
    private static byte[] Rewrite(ReadOnlyMemory<byte> body)
    {
        if (BodyMembers.Read(body) is not { } whole || whole["error"] is not JsonObject error) return body.ToArray();
        error["message"] = NoAccount;
        error.Remove("details");
        if (error.ContainsKey("status")) (error["status"], error["code"]) = ("UNAVAILABLE", Unavailable);
        else
        {
            error["type"] = whole.ContainsKey("type") ? "api_error" : "server_error";
            if (error.ContainsKey("code")) error["code"] = "no_account";
            if (error.ContainsKey("param")) error["param"] = null;
        }

        return JsonSerializer.SerializeToUtf8Bytes(whole, KiroJson.Default.JsonObject);
    }

    /// <summary>Where a model is to be written: in the place of an empty text, or behind the first brace; null where there is one, or the body is no object.</summary>
    private static (int Start, int Length, bool HasOthers)? FindModel(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            var first = (int)reader.BytesConsumed;
            var count = 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                count++;
                var isModel = reader.ValueTextEquals("model"u8);
                if (!reader.Read()) return null;
                if (isModel) return reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty ? ((int)reader.TokenStartIndex, 2, true) : null;
                reader.Skip();
            }

            return (first, 0, count > 0);
        }
        catch (JsonException)
        {
            // What is wrong with it is told by who reads it.
            return null;
        }
    }
}
