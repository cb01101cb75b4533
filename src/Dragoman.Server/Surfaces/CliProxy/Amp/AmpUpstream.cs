using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Providers.Amp;

namespace Dragoman.Server.Surfaces.CliProxy.Amp;

/// <summary>Where Amp is and which key it is shown: as <c>ampcode</c> says, else as the first account of Amp does.</summary>
internal sealed class AmpUpstream(Func<GatewayConfig> config)
{
    /// <summary>Finds it; null where nothing says where Amp is.</summary>
    /// <param name="request">The call, whose client key may have a key of its own at Amp.</param>
    public (Uri Address, string? Key, string? Proxy)? Find(HttpRequest request)
    {
        var (options, accounts) = (config().Amp, config().Accounts);
        var account = accounts.FirstOrDefault(one => one.Enabled && one.Provider == AmpModule.Id);
        if ((options.UpstreamUrl ?? (account is null ? null : new Uri(account.BaseUrl))) is not { } address) return null;
        var own = Shown(request).Select(key => options.UpstreamApiKeys.GetValueOrDefault(key)).FirstOrDefault(key => key is not null);
        // The key of an account goes to the account's own host and no other.
        var ofAccount = account is { Credential: ApiKeyCredential credential } && new Uri(account.BaseUrl).Authority == address.Authority ? credential.Key : null;
        return (address, own ?? options.UpstreamApiKey ?? ofAccount, account?.ProxyUrl);
    }

    private static IEnumerable<string> Shown(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        yield return authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? authorization[7..].Trim() : authorization.Trim();
        yield return request.Headers["x-api-key"].ToString().Trim();
        yield return request.Headers["x-goog-api-key"].ToString().Trim();
    }
}
