using System.Net;
using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.Amp;
using Dragoman.Providers.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Providers.Tests.Amp;

/// <summary>Accounts of Amp: a key and an address for its own routes, and no models.</summary>
public sealed class AmpTests
{
    private static readonly ProviderModule Module = AmpModule.Create();

    private static IImportLogin Import => (IImportLogin)Module.Logins.ShouldHaveSingleItem();

    [Theory]
    [InlineData("", "https://ampcode.com")]
    [InlineData(", base-url: 'https://amp.example/api/'", "https://amp.example")]
    public void The_key_and_the_address_are_held(string more, string address)
    {
        var account = AccountOf("sgamp_user_key", more);
        (account.BaseUrl, account.Credential).ShouldBe((address, new ApiKeyCredential("sgamp_user_key")));
        (account.Scope.Fits("claude-sonnet-5"), account.Scope.TakesAnything).ShouldBe((false, false));
    }

    [Fact]
    public async Task A_request_to_amp_itself_is_authenticated_in_both_ways_and_taken()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var account = AccountOf("sgamp_user_key", $", base-url: '{vendor.Address}/amp'");
        using var message = new HttpRequestMessage(HttpMethod.Post, $"{account.BaseUrl}/api/internal?getUserInfo") { Content = new StringContent("""{"method":"getUserInfo","params":{}}""", Encoding.UTF8, "application/json") };
        await Module.Authenticator.AuthenticateAsync(new BuiltRequest(message, default), new UpstreamCall(account, new UpstreamModel(""), UpstreamOperation.Generate), default);
        using var http = new HttpClient();
        using var answer = await http.SendAsync(message);
        (answer.StatusCode, (await answer.Content.ReadAsStringAsync()).Contains("user_emulated", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.OK, true));
        var seen = vendor.Host.Requests.ShouldHaveSingleItem();
        (seen.Headers["x-api-key"], seen.Headers["authorization"]).ShouldBe(("sgamp_user_key", "Bearer sgamp_user_key"));
    }

    [Fact]
    public async Task Models_go_by_other_accounts_even_where_one_is_configured()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var config = $$"""
            request-retry: 0
            amp-api-key: [ { name: amp, api-key: sgamp_user_key, priority: 9, base-url: '{{vendor.Address}}/amp', models: [ gpt-5-mini ] } ]
            openai-compatibility: [ { name: other, base-url: '{{vendor.Address}}/v1', api-key: k, models: [ gpt-5-mini ] } ]
            """;
        await using var gateway = await GatewayHost.StartAsync(
            new StartOptions { ConfigText = config, Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None }, TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var answer = await http.PostAsync("/v1/chat/completions", new StringContent("""{"model":"gpt-5-mini","messages":[{"role":"user","content":"say:hello"}]}""", Encoding.UTF8, "application/json"));
        (answer.StatusCode, answer.Headers.GetValues("x-dragoman-account").Single()).ShouldBe((HttpStatusCode.OK, "other"));
        vendor.Host.Requests.ShouldAllBe(seen => seen.Target == "/v1/chat/completions");
    }

    [Fact]
    public async Task Amps_own_file_is_taken_key_by_key()
    {
        var file = Encoding.UTF8.GetBytes("""{"apiKey@https://ampcode.com/":"sgamp_one","apiKey@https://amp.example/":"sgamp_two","apiKey@ftp://x/":"no","apiKey@https://e.example/":"two words","other":1}""");
        var parts = Import.Split(file);
        parts.Count.ShouldBe(2);
        var context = new VendorContext(new HttpMessageInvoker(new HttpClientHandler()), TimeProvider.System, null);
        var (one, two) = (await Import.ReadAsync(parts[0], context, default), await Import.ReadAsync(parts[1], context, default));
        (one.Credential, one.Label, one.Settings.Count).ShouldBe((new ApiKeyCredential("sgamp_one"), "ampcode.com", 0));
        (two.Credential, two.Label, two.Settings["base-url"]).ShouldBe((new ApiKeyCredential("sgamp_two"), "amp.example", "https://amp.example"));
        Import.Inspect(parts[1])!.Digest.ShouldBe(ImportedIdentity.DigestOf(two.Credential));
        foreach (var other in (string[])["{}", "[]", "nothing", """{"apiKey@https://ampcode.com/":""}"""])
        {
            Import.Inspect(Encoding.UTF8.GetBytes(other)).ShouldBeNull();
            await Should.ThrowAsync<LoginException>(() => Import.ReadAsync(Encoding.UTF8.GetBytes(other), context, default));
        }
    }

    private static Account AccountOf(string key, string more)
    {
        var loaded = new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load($"amp-api-key: [ {{ name: amp, api-key: {key}{more} }} ]\n", "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        return loaded.Config!.Accounts.Single();
    }
}
