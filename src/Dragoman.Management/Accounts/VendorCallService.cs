using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.CredentialRefresh;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Settings;
using Dragoman.Management.Audit;

namespace Dragoman.Management.Accounts;

/// <summary>
/// Asks a vendor something for whoever manages the gateway, with the token of an account in the place of <c>$TOKEN$</c>. Only addresses are asked that an account or its provider has: the gateway fetches none
/// that a caller makes up. It says who it is, whatever user agent the caller names, and answers are bounded.
/// </summary>
public sealed class VendorCallService(AccountRegistry registry, VendorContexts vendors, CredentialRenewal renewal, AuditTrail audit)
{
    private const string Place = "$TOKEN$";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Headers that belong to the connection, or say who asks.</summary>
    private static readonly HashSet<string> Own = new(StringComparer.OrdinalIgnoreCase)
        { "host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "keep-alive", "proxy-connection", "proxy-authorization", "user-agent", "accept-encoding", "cookie" };

    /// <summary>Asks.</summary>
    /// <param name="wanted">What is to be asked.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManagementResult<VendorAnswerView>> AskAsync(VendorCall wanted, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        if (string.IsNullOrWhiteSpace(wanted.Method)) return ManagementError.Invalid("missing method");
        if (string.IsNullOrWhiteSpace(wanted.Address)) return ManagementError.Invalid("missing url");
        if (!Uri.TryCreate(wanted.Address.Trim(), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0 || !IsMethod(wanted.Method)) return ManagementError.Invalid("invalid url");
        Account? account = null;
        if (wanted.AccountId is { } id)
        {
            account = registry.Entries.FirstOrDefault(entry => entry.Id == id)?.Account;
            if (account is null) return ManagementError.Invalid("auth token not found");
        }

        if (!(account is null ? registry.Current.Accounts.Any(one => IsOf(one, address)) : IsOf(account, address)))
            return ManagementError.Forbidden($"{address.Authority} is no address of {(account is null ? "an account" : $"'{account.Label}' or its provider")}; the gateway asks no others.", "address_not_allowed");
        if (wanted.Proxy is { Length: > 0 } proxy && proxy is not ("direct" or "none") && AddressSettings.ParseProxy(proxy) != account?.ProxyUrl) return ManagementError.Invalid("invalid proxy_url");
        var needsToken = wanted.Headers.Any(static header => header.Value.Contains(Place, StringComparison.Ordinal));
        var token = needsToken ? await TokenAsync(account, cancellationToken) : "";
        if (token is null) return ManagementError.Invalid("auth token not found");
        return await SendAsync(wanted, address, account, token, actor, cancellationToken);
    }

    private async Task<ManagementResult<VendorAnswerView>> SendAsync(VendorCall wanted, Uri address, Account? account, string token, Actor actor, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(new HttpMethod(wanted.Method.Trim().ToUpperInvariant()), address);
        if (wanted.Body.Length > 0) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(wanted.Body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        foreach (var (name, value) in wanted.Headers)
        {
            var text = value.Replace(Place, token, StringComparison.Ordinal);
            if (Own.Contains(name) || text.Any(char.IsControl)) continue;
            if (name.Equals("content-type", StringComparison.OrdinalIgnoreCase))
            {
                if (request.Content is not null && MediaTypeHeaderValue.TryParse(text, out var type)) request.Content.Headers.ContentType = type;
                continue;
            }

            request.Headers.TryAddWithoutValidation(name, text);
        }

        var provider = account is null ? registry.Providers.All[0] : registry.Providers[account.Provider];
        var context = account is null ? vendors.For(provider, (string?)null) : vendors.For(provider, account);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        await audit.RecordAsync(actor, "account.call", account?.Id ?? "", AuditTrail.Done, $"{request.Method} {address.GetLeftPart(UriPartial.Path)}");
        try
        {
            using var answer = await context.Http.SendAsync(request, limit.Token);
            var headers = answer.Headers.Concat(answer.Content.Headers).Where(static header => !header.Key.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)).ToDictionary(static header => header.Key, static header => (IReadOnlyList<string>)[.. header.Value], StringComparer.OrdinalIgnoreCase);
            return new VendorAnswerView((int)answer.StatusCode, headers, await answer.Content.ReadAsStringAsync(limit.Token));
        }
        catch (Exception ex) when (ex is HttpRequestException or InvalidOperationException || (ex is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return ManagementError.Conflict("request failed", "vendor_unreachable", ex is HttpRequestException ? ex.Message : null);
        }
    }

    /// <summary>The account's token, renewed where it is due; null where it has none.</summary>
    private async Task<string?> TokenAsync(Account? account, CancellationToken cancellationToken)
    {
        if (account is null || await renewal.EnsureAsync(account, cancellationToken) is not null) return null;
        return account.Credential switch
        {
            OAuthCredential { AccessToken.Length: > 0 } login => login.AccessToken,
            ApiKeyCredential key => key.Key,
            _ => null,
        };
    }

    /// <summary>Whether an address is one of an account's: its own, another of the same service, or one that its provider has by default.</summary>
    private bool IsOf(Account account, Uri address)
    {
        var provider = registry.Providers[account.Provider];
        IEnumerable<string?> known = [account.BaseUrl, .. account.FallbackUrls, .. provider.Descriptor.BaseUrls.Select(url => url.Replace("{region}", account.Region ?? "", StringComparison.Ordinal)),
            .. provider.Settings?.Fields.Where(static field => field.Type == SettingType.Address).Select(static field => field.Default) ?? []];
        foreach (var one in known)
        {
            if (!Uri.TryCreate(one, UriKind.Absolute, out var own) || !own.Scheme.Equals(address.Scheme, StringComparison.Ordinal)) continue;
            if (own.Authority.Equals(address.Authority, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static bool IsMethod(string method) => method.Trim().ToUpper(CultureInfo.InvariantCulture) is "GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD";
}

/// <summary>Something that a vendor is to be asked.</summary>
/// <param name="AccountId">The account whose token is put in the place of <c>$TOKEN$</c>; null for none.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Address">The address.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">Its body; empty for none.</param>
/// <param name="Proxy">The proxy that is wanted: the account's own, or none; null for what the account has.</param>
public sealed record VendorCall(string? AccountId, string Method, string Address, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body, string? Proxy)
{
    /// <summary>A record would print its members.</summary>
    public override string ToString() => $"{Method} of a vendor";
}

/// <summary>What the vendor answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Headers">The headers, without cookies.</param>
/// <param name="Body">The body as text.</param>
public sealed record VendorAnswerView(int Status, IReadOnlyDictionary<string, IReadOnlyList<string>> Headers, string Body);
