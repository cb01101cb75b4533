using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Actions;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ChatGpt;

/// <summary>
/// Uses one of the credits that OpenAI has given an account to set its windows back (<c>wham/rate-limit-reset-credits</c>; wire notes logins-2026-11, section 2; openai/codex#28143 and #30395). Which of several is used, OpenAI
/// decides; one and the same request uses one only, however often it is sent.
/// </summary>
internal sealed class ChatGptResetAction : IAccountAction
{
    private const string Vendor = "OpenAI";

    /// <inheritdoc/>
    public string Id => "use-reset-credit";

    /// <inheritdoc/>
    public string Title => "Set the plan's windows back";

    /// <inheritdoc/>
    public string Effect => "One of the account's reset credits is used up for good, and the windows of five hours and of the week begin anew now. It cannot be undone, and the credit is gone also where little was used.";

    /// <inheritdoc/>
    public bool IsOffered(Account account) => account.Credential is OAuthCredential;

    /// <inheritdoc/>
    public async Task<ActionPreview> PreviewAsync(AccountActionCall call, VendorContext vendor, CancellationToken cancellationToken)
    {
        var (status, body) = await AskAsync(HttpMethod.Get, "", call, null, vendor, cancellationToken);
        if (status is < 200 or >= 300) return ActionPreview.Impossible(Refusal(status, body), status == 401);
        using var answer = Parse(body);
        if (answer is null) return ActionPreview.Impossible($"{Vendor} answered something that tells no credits.");
        // Only what is said to be available is; a credit that is being used up is listed too.
        var credits = answer.RootElement.TryGetProperty("credits", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Where(static credit => VendorJson.Text(credit, "status") == "available").ToList() : [];
        if (credits.Count == 0) return ActionPreview.Impossible("The account has no reset credit.");
        var first = credits.Select(static credit => VendorJson.Text(credit, "expires_at")).OfType<string>().Order(StringComparer.Ordinal).FirstOrDefault();
        var titles = credits.Select(static credit => VendorJson.Text(credit, "title")).OfType<string>().Distinct(StringComparer.Ordinal).Take(3).ToList();
        return ActionPreview.Possible(string.Create(
            CultureInfo.InvariantCulture, $"The account has {credits.Count} reset credit{(credits.Count == 1 ? "" : "s")}{(titles.Count > 0 ? $" ({string.Join(", ", titles)})" : "")}{(first is { Length: >= 10 } ? $"; the first expires on {first[..10]}" : "")}. {Effect}"));
    }

    /// <inheritdoc/>
    public async Task<ActionOutcome> RunAsync(AccountActionCall call, VendorContext vendor, CancellationToken cancellationToken)
    {
        using var content = VendorJson.Body(writer => writer.WriteString("redeem_request_id", call.RequestId));
        var (status, body) = await AskAsync(HttpMethod.Post, "/consume", call, content, vendor, cancellationToken);
        if (status is < 200 or >= 300) return ActionOutcome.Failed(Refusal(status, body), status == 401);
        using var answer = Parse(body);
        return (answer is null ? null : VendorJson.Text(answer.RootElement, "code")) switch
        {
            "reset" => ActionOutcome.Done("The plan's windows were set back; one reset credit is used up."),
            "already_redeemed" => ActionOutcome.Done("The plan's windows were set back by this confirmation before; no other credit was used."),
            "no_credit" => ActionOutcome.Failed("The account has no reset credit any more."),
            "nothing_to_reset" => ActionOutcome.Failed("There was nothing to set back; no credit was used."),
            var code => ActionOutcome.Failed($"{Vendor} answered '{code ?? "nothing that is known"}'; see whether a credit was used before trying again."),
        };
    }

    private static async Task<(int Status, byte[] Body)> AskAsync(HttpMethod method, string path, AccountActionCall call, HttpContent? content, VendorContext vendor, CancellationToken cancellationToken)
    {
        var account = call.Account;
        using var request = new HttpRequestMessage(method, $"{ChatGptQuotaReader.PageOf(account.BaseUrl, "rate-limit-reset-credits")}{path}") { Content = content };
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("OpenAI-Beta", "codex-1");
        request.Headers.TryAddWithoutValidation("originator", account.Options.GetValueOrDefault(ChatGptAccountSchema.Originator));
        request.Headers.TryAddWithoutValidation("User-Agent", Product.UserAgent);
        OwnerHeaders.Put(request, account);
        if (account.Cell.Current.Credential is OAuthCredential login) ChatGptAuthenticator.Put(request, account, login);
        using var response = await vendor.Http.SendAsync(request, cancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    private static string Refusal(int status, byte[] body) => $"{Vendor} answered {status}{VendorJson.WordsOf(body)}.";

    private static JsonDocument? Parse(byte[] body)
    {
        try
        {
            var answer = JsonDocument.Parse(body);
            if (answer.RootElement.ValueKind == JsonValueKind.Object) return answer;
            answer.Dispose();
        }
        catch (JsonException)
        {
            // A page.
        }

        return null;
    }
}
