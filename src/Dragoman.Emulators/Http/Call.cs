using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Emulators.Http;

/// <summary>One request as the families see it: its raw target split once, its body whole.</summary>
internal sealed class Call
{
    private JsonObject? _json;

    public Call(string method, string target, IHeaderDictionary headers, byte[] body)
    {
        Method = method;
        Target = target;
        Headers = headers;
        Body = body;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        Path = question < 0 ? target : target[..question];
        Query = question < 0 ? [] : ReadQuery(target[(question + 1)..]);
        // Model ids arrive percent-encoded as one segment (%3A, %2F): split first, decode after.
        Segments = [.. Path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
    }

    public string Method { get; }

    /// <summary>The request target as sent, with query.</summary>
    public string Target { get; }

    public string Path { get; }

    public string[] Segments { get; }

    public Dictionary<string, string> Query { get; }

    public IHeaderDictionary Headers { get; }

    public byte[] Body { get; }

    public bool IsPost => HttpMethods.IsPost(Method);

    public string? Header(string name) => Headers.TryGetValue(name, out var value) ? value.ToString() : null;

    public string? Bearer =>
        Header("authorization") is { } value && value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? value[7..].Trim() : null;

    /// <summary>Whatever the caller authenticates with, or null. Faults may be asked for in it, so that one account of several fails.</summary>
    public string? Credential =>
        Bearer ?? Header("x-api-key") ?? Header("x-goog-api-key") ?? Query.GetValueOrDefault("key") ?? Header("authorization");

    /// <summary>The body as a JSON object; null when it is none.</summary>
    public JsonObject? Json
    {
        get
        {
            if (_json is null && Body.Length > 0)
            {
                try
                {
                    _json = JsonNode.Parse(Body) as JsonObject;
                    _ = _json?.Count; // duplicate names throw here, not in the middle of a rule
                }
                catch (Exception error) when (error is JsonException or ArgumentException)
                {
                    ParseError = error.Message;
                    _json = null;
                }
            }

            return _json;
        }
    }

    public string? ParseError { get; private set; }

    public string BodyText => Encoding.UTF8.GetString(Body);

    private static Dictionary<string, string> ReadQuery(string text)
    {
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? pair : pair[..equals];
            query[Uri.UnescapeDataString(name)] = equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..].Replace('+', ' '));
        }

        return query;
    }
}
