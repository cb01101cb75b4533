using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Gateway.Forwarding.Payload;

/// <summary>Applies rules to the body of one request. Bodies that no rule is for are never read.</summary>
public static class PayloadPatch
{
    /// <summary>What an envelope calls the request in it; rules may name members from there.</summary>
    private const string Enveloped = "request";

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 512, AllowDuplicateProperties = false };
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1_024 };

    /// <summary>Writes the body with the members set and taken away as the rules say.</summary>
    /// <param name="rules">The rules that may be for the request.</param>
    /// <param name="body">The body as it would be sent.</param>
    /// <param name="source">The client's own body.</param>
    /// <param name="output">Takes the changed body.</param>
    /// <returns>The members that are others now; empty where the body goes as it is, and nothing was written. What is no whole JSON object goes as it is.</returns>
    public static IReadOnlyList<string> Apply(IReadOnlyList<PayloadRule> rules, ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> source, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(rules);
        if (Read(body) is not { } members) return [];
        var changed = new List<string>();
        JsonObject? asked = null;
        foreach (var rule in rules)
        {
            if (!rule.Matches.Any(match => match.Fits(members))) continue;
            foreach (var (written, value) in rule.Members)
            {
                var places = (members.ContainsKey(Enveloped) ? written : written.Without(Enveloped)).Resolve(members);
                // From behind: what is taken out of a list moves what follows.
                for (var place = places.Count - 1; place >= 0; place--)
                {
                    var (path, name) = (places[place], places.Count == 1 ? written.Text : places[place].Text);
                    if (rule.Action == PayloadAction.Default && (changed.Contains(name) || path.Find(asked ??= Read(source) ?? []) is not null)) continue;
                    if (rule.Action == PayloadAction.Filter ? path.Remove(members) : path.Set(members, value)) changed.Add(name);
                }
            }
        }

        if (changed.Count == 0) return [];
        using var writer = new Utf8JsonWriter(output, Writing);
        members.WriteTo(writer);
        return changed;
    }

    private static JsonObject? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonNode.Parse(body.Span, documentOptions: Reading) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
