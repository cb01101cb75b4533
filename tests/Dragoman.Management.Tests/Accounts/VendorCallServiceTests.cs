using Dragoman.Management.Accounts;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Accounts;

/// <summary>Questions to vendors for whoever manages the gateway, without HTTP on this side.</summary>
public sealed class VendorCallServiceTests
{
    private static VendorCall Call(string address, string? account = null, string method = "GET", string body = "", string? proxy = null, params (string Name, string Value)[] headers)
        => new(account, method, address, [.. headers.Select(header => KeyValuePair.Create(header.Name, header.Value))], body, proxy);

    private static string Accounts(RawUpstream raw) => $"openai-compatibility: [ {{ name: one, base-url: '{raw.Address}/v1', api-key-entries: [ {{ api-key: secret-of-one }} ], models: [ m ] }} ]\n";

    [Fact]
    public async Task The_token_goes_to_the_accounts_own_address_only_and_the_gateway_says_who_it_is()
    {
        var seen = new List<string>();
        await using var raw = await RawUpstream.StartAsync((context, _) =>
        {
            seen.Add($"{context.Request.Method} {context.Request.Path} {context.Request.Headers.Authorization} {context.Request.Headers.UserAgent} {context.Request.Headers.Cookie} {context.Request.ContentType}");
            context.Response.Headers.SetCookie = "a=b";
            return context.SayAsync(418, "short and stout", "text/plain");
        });
        await using var fixture = await ManagementFixture.StartAsync(Accounts(raw));
        var service = fixture.Get<VendorCallService>();
        var id = fixture.Get<Dragoman.Gateway.AccountManagement.AccountRegistry>().Entries.Single().Id;

        var answer = await service.AskAsync(Call($"{raw.Address}/usage", id, "post", "{}", null, ("Authorization", "Bearer $TOKEN$"), ("User-Agent", "somebody/1"), ("Cookie", "c=d")), ManagementFixture.Owner, default).ValueAsync();

        (answer.Status, answer.Body, answer.Headers.ContainsKey("Set-Cookie")).ShouldBe((418, "short and stout", false));
        seen.ShouldHaveSingleItem().ShouldStartWith("POST /usage Bearer secret-of-one ");
        seen[0].ShouldNotContain("somebody");
        seen[0].ShouldNotContain("c=d");
        (await fixture.AuditAsync()).ShouldContain($"account.call {id} done POST {raw.Address}/usage");
    }

    [Fact]
    public async Task Nothing_is_asked_that_is_no_accounts()
    {
        await using var raw = await RawUpstream.StartAsync(static (context, _) => context.SayAsync(200, "{}"));
        await using var fixture = await ManagementFixture.StartAsync(Accounts(raw));
        var service = fixture.Get<VendorCallService>();
        (await service.AskAsync(Call("http://192.0.2.7/"), ManagementFixture.Owner, default)).Error!.Code.ShouldBe("address_not_allowed");
        foreach (var (call, words) in ((VendorCall, string)[])
        [
            (Call(""), "missing url"), (Call(raw.Address, method: " "), "missing method"), (Call(raw.Address, method: "TRACE"), "invalid url"), (Call("file:///etc/passwd"), "invalid url"), (Call("http://user:pass@127.0.0.1/"), "invalid url"),
            (Call(raw.Address, account: "nobody"), "auth token not found"), (Call(raw.Address, proxy: "http://127.0.0.1:1"), "invalid proxy_url"), (Call(raw.Address, headers: ("a", "$TOKEN$")), "auth token not found"),
        ])
        {
            var refused = await service.AskAsync(call, ManagementFixture.Owner, default);
            (refused.Error!.Kind, refused.Error.Text).ShouldBe((Invalid, words));
        }

        raw.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_vendor_that_is_not_there_is_told()
    {
        var raw = await RawUpstream.StartAsync(static (context, _) => context.SayAsync(200, "{}"));
        await using var fixture = await ManagementFixture.StartAsync(Accounts(raw));
        var address = raw.Address;
        await raw.DisposeAsync();
        (await fixture.Get<VendorCallService>().AskAsync(Call(address), ManagementFixture.Owner, default)).Failed(Conflict, "vendor_unreachable");
    }
}
