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
    public static async Task<UpstreamFinding> CheckAsync(UpstreamTransport http, ProviderModule provider, Account account, CancellationToken cancellationToken)
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
            var finding = status switch
            {
                < 300 => new UpstreamFinding(true, $"answers ({status})") { Models = await ModelsAsync(provider, response, limit.Token) },
                401 or 403 => new UpstreamFinding(false, $"refuses the credential ({status}); check the key"),
                404 or 405 => new UpstreamFinding(true, $"is there, but lists no models ({status})"),
                _ => new UpstreamFinding(false, $"answers with {status}"),
            };
            return finding with { Status = status };
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

    /// <summary>The models of a list; null where the provider's lists tell none, or this one is not whole.</summary>
    private static async Task<IReadOnlyList<string>?> ModelsAsync(ProviderModule provider, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (provider.Models is not { } lister) return null;
        try
        {
            if (response.Content.Headers.ContentLength > MostBytes) return null;
            await response.Content.LoadIntoBufferAsync(MostBytes, cancellationToken);
            ReadOnlyMemory<byte> body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return lister.Read(provider.Envelope is { } envelope ? envelope.UnwrapResponse(body) : body);
        }
        catch (HttpRequestException)
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
    /// <summary>The status of the answer; null where none came.</summary>
    public int? Status { get; init; }

    /// <summary>The models that the upstream lists; null where it does not tell all of them.</summary>
    public IReadOnlyList<string>? Models { get; init; }
}
