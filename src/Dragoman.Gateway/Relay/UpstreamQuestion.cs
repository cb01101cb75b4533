using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Wire.Conversation;

namespace Dragoman.Gateway.Relay;

/// <summary>Asks an account's upstream for its list of models: a question that costs nothing and shows whether address and credential are right.</summary>
public static class UpstreamQuestion
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Asks.</summary>
    /// <returns>Whether nothing speaks against the account, and what was found, for people.</returns>
    public static async Task<(bool Good, string Words)> AskAsync(UpstreamHttp http, IProvider provider, Account account, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(provider);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Limit);
        try
        {
            using var request = await provider.CreateRequestAsync(new UpstreamCall(account, new UpstreamModel(""), UpstreamOperation.ListModels), limit.Token);
            if (request is null) return (true, "not asked: the provider has no free question");
            using var response = await http.SendAsync(account, request, limit.Token);
            var status = (int)response.StatusCode;
            return status switch
            {
                < 300 => (true, $"answers ({status})"),
                401 or 403 => (false, $"refuses the credential ({status}); check the key"),
                404 or 405 => (true, $"is there, but lists no models ({status})"),
                _ => (false, $"answers with {status}"),
            };
        }
        catch (WireException fault)
        {
            return (false, fault.Error.Message);
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or InvalidOperationException)
        {
            cancel.ThrowIfCancellationRequested();
            var inner = fault;
            while (inner.InnerException is { } deeper) inner = deeper;
            return (false, fault is OperationCanceledException ? "does not answer within 10 seconds" : $"cannot be reached: {inner.Message}");
        }
    }
}
