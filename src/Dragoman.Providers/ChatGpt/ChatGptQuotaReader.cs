using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ChatGpt;

/// <summary>Asks ChatGPT how the windows of a plan stand (<c>wham/usage</c>; wire notes codex-and-antigravity §B.7, logins-2026-11 §2).</summary>
internal sealed class ChatGptQuotaReader : IQuotaReader
{
    private const string Codex = "/codex";

    /// <inheritdoc/>
    public async Task<QuotaReport> ReadAsync(Account account, VendorContext vendor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(vendor);
        if (account.Credential is not OAuthCredential login) return QuotaReport.Failed("The account has no login.");
        using var request = new HttpRequestMessage(HttpMethod.Get, PageOf(account.BaseUrl, "usage"));
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", Product.UserAgent);
        OwnerHeaders.Put(request, account);
        ChatGptAuthenticator.Put(request, account, login);
        var (usage, problem) = await UsagePage.AskAsync(vendor, request, "OpenAI", cancellationToken);
        if (usage is null) return problem!;
        using (usage) return ChatGptUsage.Read(usage.RootElement, vendor.Time.GetUtcNow());
    }

    /// <summary>A page about the account: beside the Codex backend, or below the address of an API of another kind.</summary>
    internal static string PageOf(string baseUrl, string page) => baseUrl.EndsWith(Codex, StringComparison.Ordinal) ? $"{baseUrl[..^Codex.Length]}/wham/{page}" : $"{baseUrl}/api/codex/{page}";
}
