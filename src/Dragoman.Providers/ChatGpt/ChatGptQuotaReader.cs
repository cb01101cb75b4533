using System.Text.Json;
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
        using var response = await vendor.Http.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var status = (int)response.StatusCode;
        if (!response.IsSuccessStatusCode)
        {
            var words = VendorJson.ErrorOf(body).Words;
            return QuotaReport.Failed(words is null ? $"OpenAI answered {status}." : $"OpenAI answered {status}: {words}.", RetryHints.Read(response.Headers, vendor.Time.GetUtcNow())) with { IsRejected = status == 401 };
        }

        try
        {
            using var usage = JsonDocument.Parse(body);
            if (usage.RootElement.ValueKind == JsonValueKind.Object) return ChatGptUsage.Read(usage.RootElement, vendor.Time.GetUtcNow());
        }
        catch (JsonException)
        {
            // A page.
        }

        return QuotaReport.Failed("OpenAI answered something that tells no usage.");
    }

    /// <summary>A page about the account: beside the Codex backend, or below the address of an API of another kind.</summary>
    internal static string PageOf(string baseUrl, string page) => baseUrl.EndsWith(Codex, StringComparison.Ordinal) ? $"{baseUrl[..^Codex.Length]}/wham/{page}" : $"{baseUrl}/api/codex/{page}";
}
