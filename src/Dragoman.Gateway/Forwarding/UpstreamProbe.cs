using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Forwarding;

/// <summary>Asks an account's upstream for its list of models: a question that costs nothing and shows whether address and credential are right.</summary>
public static class UpstreamProbe
{
    private const int MostBytes = 8 << 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Asks.</summary>
    /// <returns>Whether nothing speaks against the account, and what was found.</returns>
    public static async Task<UpstreamFinding> CheckAsync(UpstreamTransport http, IProvider provider, Account account, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(provider);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var request = await provider.CreateRequestAsync(new UpstreamCall(account, new UpstreamModel(""), UpstreamOperation.ListModels), limit.Token);
            if (request is null) return new UpstreamFinding(true, "not asked: the provider has no free question");
            using var response = await http.SendAsync(account, request, limit.Token);
            var status = (int)response.StatusCode;
            return status switch
            {
                < 300 => new UpstreamFinding(true, $"answers ({status})") { Models = await ModelsAsync(response, limit.Token) },
                401 or 403 => new UpstreamFinding(false, $"refuses the credential ({status}); check the key"),
                404 or 405 => new UpstreamFinding(true, $"is there, but lists no models ({status})"),
                _ => new UpstreamFinding(false, $"answers with {status}"),
            };
        }
        catch (WireException ex)
        {
            return new UpstreamFinding(false, ex.Error.Message);
        }
        catch (Exception ex)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var inner = ex;
            while (inner.InnerException is { } deeper) inner = deeper;
            // Credentials that are looked up (AWS profiles, roles, the instance's own) fail with exceptions of their makers' own, of many lines.
            return new UpstreamFinding(false, ex switch
            {
                OperationCanceledException => "does not answer within 10 seconds",
                HttpRequestException => $"cannot be reached: {OneLine(inner.Message)}",
                _ => $"cannot be asked: {OneLine(ex.Message)}",
            });
        }
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim() is var line && line.Length > 400 ? line[..400] + "…" : line;

    /// <summary>The models of a list in OpenAI's, Anthropic's or Gemini's form; null where it is none, or not whole.</summary>
    private static async Task<IReadOnlyList<string>?> ModelsAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            if (response.Content.Headers.ContentLength > MostBytes) return null;
            await response.Content.LoadIntoBufferAsync(MostBytes, cancellationToken);
            using var list = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            var root = list.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            if (root.TryGetProperty("has_more", out var more) && more.ValueKind == JsonValueKind.True) return null;
            if (root.TryGetProperty("nextPageToken", out var next) && next.ValueKind == JsonValueKind.String && next.GetString()!.Length > 0) return null;
            var items = root.TryGetProperty("data", out var data) ? data : root.TryGetProperty("models", out var models) ? models : default;
            if (items.ValueKind != JsonValueKind.Array) return null;
            var ids = new List<string>();
            foreach (var item in items.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Object) return null;
                if ((item.TryGetProperty("id", out var id) || item.TryGetProperty("name", out id)) && id.ValueKind == JsonValueKind.String) ids.Add(id.GetString()!);
            }

            return ids;
        }
        catch (Exception ex) when (ex is JsonException or HttpRequestException)
        {
            return null;
        }
    }
}

/// <summary>What a question showed of an account.</summary>
/// <param name="Good">Whether nothing speaks against it.</param>
/// <param name="Words">What was found, for people, in one line.</param>
public sealed record UpstreamFinding(bool Good, string Words)
{
    /// <summary>The models that the upstream lists; null where it does not tell all of them.</summary>
    public IReadOnlyList<string>? Models { get; init; }
}
