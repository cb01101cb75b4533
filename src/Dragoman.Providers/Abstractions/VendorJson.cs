using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Gateway.Providers.Logins;

namespace Dragoman.Providers.Abstractions;

/// <summary>Small JSON questions to vendors beside the traffic: what a login, a renewal or a quota needs.</summary>
internal static class VendorJson
{
    private const int MaxWords = 300;

    /// <summary>A JSON object as the content of a request.</summary>
    public static HttpContent Body(Action<Utf8JsonWriter> members)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return new ByteArrayContent(json.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }

    /// <summary>Sends a request, and gives the JSON of a success.</summary>
    /// <exception cref="LoginException">The vendor refuses, or answers something else than JSON.</exception>
    public static async Task<JsonDocument> SendAsync(HttpMessageInvoker http, HttpRequestMessage request, string vendor, CancellationToken cancellationToken)
    {
        if (request.Headers.Accept.Count == 0) request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await http.SendAsync(request, cancellationToken);
        return await ReadAsync(response, vendor, cancellationToken);
    }

    /// <summary>The JSON of an answer that is a success.</summary>
    /// <exception cref="LoginException">The vendor refuses, or answers something else than JSON.</exception>
    public static async Task<JsonDocument> ReadAsync(HttpResponseMessage response, string vendor, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (!response.IsSuccessStatusCode) throw new LoginException($"{vendor} answered {(int)response.StatusCode}{WordsOf(body)}.");
        try
        {
            var answer = JsonDocument.Parse(body);
            if (answer.RootElement.ValueKind == JsonValueKind.Object) return answer;
            answer.Dispose();
        }
        catch (JsonException ex)
        {
            throw new LoginException($"{vendor} answered something that is no JSON.", ex);
        }

        throw new LoginException($"{vendor} answered something that is no JSON object.");
    }

    /// <summary>A text of an object; null where there is none, or an empty one. A number is given as its digits.</summary>
    public static string? Text(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out var member)) return null;
        return member.ValueKind switch
        {
            JsonValueKind.String => member.GetString() is { Length: > 0 } text ? text : null,
            JsonValueKind.Number => member.GetRawText(),
            _ => null,
        };
    }

    /// <summary>A number of an object; null where there is none.</summary>
    public static double? Number(JsonElement value, string name)
        => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Number ? member.GetDouble() : null;

    /// <summary>An object of an object; null where there is none.</summary>
    public static JsonElement? Object(JsonElement value, string name)
        => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Object ? member : null;

    /// <summary>The code of a refusal: OAuth's <c>error</c>, or the code or type of an error object; null where there is none.</summary>
    public static string? ErrorCodeOf(byte[] body) => ErrorOf(body).Code;

    /// <summary>What a refusal says, with a colon before it; empty where it says nothing.</summary>
    public static string WordsOf(byte[] body) => ErrorOf(body).Words is { } words ? $": {words}" : "";

    /// <summary>What a refusal says, in one of the forms that vendors use: its code, and its words without a dot at the end.</summary>
    public static (string? Code, string? Words) ErrorOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return default;
            var error = root.TryGetProperty("error", out var member) && member.ValueKind == JsonValueKind.Object ? member : root;
            var code = Text(error, "code") ?? Text(root, "error") ?? Text(error, "type");
            var words = Text(root, "error_description") ?? Text(error, "message") ?? Text(root, "error") ?? Text(root, "detail");
            return (code, words is null ? null : (words.Length > MaxWords ? words[..MaxWords] + "…" : words).TrimEnd('.'));
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
