using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.Kiro;

/// <summary>What the tests of Kiro have in common.</summary>
internal static class KiroTesting
{
    public const string Arn = "arn:aws:codewhisperer:eu-central-1:111122223333:profile/EXAMPLE";

    /// <summary>An account of a file, as YAML on one line.</summary>
    public static Account CreateAccount(string settings, bool stored = false)
    {
        var loaded = new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load($"kiro: [ {{ name: mine, {settings} }} ]\n", "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        var account = loaded.Config!.Accounts.Single();
        return stored ? account with { Origin = AccountOrigin.Store } : account;
    }

    public static async Task<HttpRequestMessage> BuildAsync(ProviderModule module, Account account, UpstreamOperation operation = UpstreamOperation.Generate, string body = "{\"conversationState\":{}}")
        => (await module.CreateRequestAsync(new UpstreamCall(account, new UpstreamModel("claude-sonnet-4.5"), operation) { Body = Encoding.UTF8.GetBytes(body) }, default)).ShouldNotBeNull();
}
