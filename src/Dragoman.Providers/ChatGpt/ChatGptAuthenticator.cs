using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.ChatGpt;

/// <summary>
/// The access token, the account that it is for, and where that account's data has to stay. Account and region come from the tokens themselves: without the account that a token is for, no header
/// is sent; without the region, workspaces that have one are refused (401 "Workspace is not authorized in this region."; wire notes logins-2026-11 §2).
/// </summary>
internal sealed class ChatGptAuthenticator : IAuthenticator
{
    /// <summary>One for all.</summary>
    public static ChatGptAuthenticator Instance { get; } = new();

    /// <inheritdoc/>
    public ValueTask AuthenticateAsync(BuiltRequest request, UpstreamCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Credential.Credential is OAuthCredential login) Put(request.Message, call.Account, login);
        return ValueTask.CompletedTask;
    }

    /// <summary>Puts the headers of a login on a request; those that the owner has set stay.</summary>
    public static void Put(HttpRequestMessage message, Account account, OAuthCredential login)
    {
        var claims = ChatGptClaims.Of(login);
        Add("Authorization", $"Bearer {login.AccessToken}");
        Add("ChatGPT-Account-Id", AccountIdOf(login, claims));
        Add("x-openai-internal-codex-residency", claims.Residency);
        Add("X-OpenAI-Fedramp", claims.IsFedramp ? "true" : null);

        void Add(string name, string? value)
        {
            if (value is not null && !account.Headers.ContainsKey(name)) message.Headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>The account as the token names it; else as the login was saved with it.</summary>
    private static string? AccountIdOf(OAuthCredential login, ChatGptClaims claims)
    {
        if (claims.AccountId is { } own) return own;
        var saved = login.OrganizationId ?? (claims.UserId is null ? login.AccountId : null);
        return saved is not null && HeaderSafe.Check(saved) ? saved : null;
    }
}
