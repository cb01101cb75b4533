using Dragoman.Gateway.Providers.Actions;
using Dragoman.Gateway.Providers;
using Dragoman.Management.Accounts;
using Dragoman.Management.Tests.Logins;
using Dragoman.Management.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Dragoman.Management.Tests.Accounts;

/// <summary>Actions of accounts: shown first, done for who has seen what would follow, once, and written down.</summary>
public sealed class AccountActionServiceTests
{
    private static readonly Dictionary<string, string> Three = new() { ["amount"] = "3" };

    private readonly StubProvider _stub = new();
    private readonly List<AccountActionCall> _done = [];

    public AccountActionServiceTests() => _stub.Act = call =>
    {
        _done.Add(call);
        return ActionOutcome.Done("It was done.");
    };

    [Fact]
    public async Task An_action_is_shown_and_then_done_once()
    {
        await using var fixture = await ManagementFixture.StartAsync(more: _stub.Module);
        var (id, service) = (await SignOutServiceTests.SignInAsync(fixture), fixture.Get<AccountActionService>());
        var listed = service.List("u1@stub").Value.ShouldNotBeNull().Actions.ShouldHaveSingleItem();
        (listed.Id, listed.Title, listed.Effect, listed.Inputs.Single()).ShouldBe(("spend", "Spend something", "Something is spent.", new ActionInputView("amount", "How much.", true)));

        var shown = (await service.RunAsync(id, "spend", Three, null, ManagementFixture.Owner, default)).Value.ShouldNotBeNull();
        (shown.Done, shown.Message, shown.ExpiresAt, _done.Count).ShouldBe((false, "It costs 3 USD.", fixture.Time.GetUtcNow().AddMinutes(10), 0));

        var done = (await service.RunAsync(id, "spend", new Dictionary<string, string> { ["amount"] = "300" }, shown.Confirmation, ManagementFixture.Owner, default)).Value.ShouldNotBeNull();
        (done.Done, done.Message, done.Confirmation).ShouldBe((true, "It was done.", null));
        _done.ShouldHaveSingleItem().Inputs.ShouldBe(Three, "what was shown is what is done");
        (await service.RunAsync(id, "spend", Three, shown.Confirmation, ManagementFixture.Owner, default)).Error.ShouldNotBeNull().Code.ShouldBe("confirmation_unknown");
        _done.Count.ShouldBe(1);
        (await fixture.AuditAsync()).ShouldContain($"account.action {id} done 'u1@stub' spend amount=3: It was done.");
    }

    [Fact]
    public async Task Another_node_does_what_one_has_shown_and_once_for_all_of_them()
    {
        await using var fixture = await ManagementFixture.StartAsync(more: _stub.Module);
        var id = await SignOutServiceTests.SignInAsync(fixture);
        AccountActionService Node() => ActivatorUtilities.CreateInstance<AccountActionService>(fixture.Get<IServiceProvider>());
        var shown = (await Node().RunAsync(id, "spend", Three, null, ManagementFixture.Owner, default)).Value.ShouldNotBeNull();
        (await fixture.Store.Settings.ListAsync()).ShouldAllBe(setting => !(setting.Name + setting.Value).Contains(shown.Confirmation!, StringComparison.Ordinal), "what confirms it is not in the store");
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Node().RunAsync(id, "spend", null, shown.Confirmation, ManagementFixture.Owner, default))));
        answers.Count(answer => answer.Value?.Done == true).ShouldBe(1);
        answers.Where(answer => answer.Error is not null).ShouldAllBe(answer => answer.Error!.Code == "confirmation_unknown");
        _done.ShouldHaveSingleItem().Inputs.ShouldBe(Three);
        (await fixture.Store.Settings.ListAsync()).ShouldNotContain(setting => setting.Name.StartsWith("action-confirmation.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Previews_that_nobody_confirms_do_not_stay()
    {
        await using var fixture = await ManagementFixture.StartAsync(more: _stub.Module);
        var (id, service) = (await SignOutServiceTests.SignInAsync(fixture), fixture.Get<AccountActionService>());
        for (var time = 0; time < 3; time++) await service.RunAsync(id, "spend", Three, null, ManagementFixture.Owner, default);
        fixture.Time.Advance(TimeSpan.FromMinutes(11));
        await service.RunAsync(id, "spend", Three, null, ManagementFixture.Owner, default);
        (await fixture.Store.Settings.ListAsync()).Count(setting => setting.Name.StartsWith("action-confirmation.", StringComparison.Ordinal)).ShouldBe(1);
        await fixture.LoseStoreAsync();
        (await service.RunAsync(id, "spend", Three, null, ManagementFixture.Owner, default)).Error.ShouldNotBeNull().Kind.ShouldBe(ManagementErrorKind.Unavailable);
    }

    [Fact]
    public async Task A_confirmation_is_of_one_person_one_account_and_ten_minutes()
    {
        await using var fixture = await ManagementFixture.StartAsync(more: _stub.Module);
        var (id, service) = (await SignOutServiceTests.SignInAsync(fixture), fixture.Get<AccountActionService>());
        async Task<string> ShowAsync() => (await service.RunAsync(id, "spend", Three, null, ManagementFixture.Owner, default)).Value!.Confirmation!;
        async Task<string?> ConfirmAsync(string confirmation, Actor actor) => (await service.RunAsync(id, "spend", null, confirmation, actor, default)).Error?.Code;

        (await ConfirmAsync("invented", ManagementFixture.Owner)).ShouldBe("confirmation_unknown");
        var other = await ShowAsync();
        (await ConfirmAsync(other, new Actor("somebody-else", "192.0.2.9"))).ShouldBe("confirmation_unknown");
        fixture.Time.Advance(TimeSpan.FromMinutes(10));
        (await ConfirmAsync(other, ManagementFixture.Owner)).ShouldBe("confirmation_unknown");
        _done.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_did_not_come_to_an_end_is_tried_again_as_the_same()
    {
        await using var fixture = await ManagementFixture.StartAsync(more: _stub.Module);
        var (id, service) = (await SignOutServiceTests.SignInAsync(fixture), fixture.Get<AccountActionService>());
        var tries = new List<Guid>();
        _stub.Act = call =>
        {
            tries.Add(call.RequestId);
            return tries.Count == 1 ? throw new HttpRequestException("stub.invalid broke off.") : ActionOutcome.Done("It had been done.");
        };

        var shown = (await service.RunAsync(id, "spend", Three, null, ManagementFixture.Owner, default)).Value.ShouldNotBeNull();
        var broken = (await service.RunAsync(id, "spend", null, shown.Confirmation, ManagementFixture.Owner, default)).Error.ShouldNotBeNull();
        (broken.Code, broken.Message).ShouldBe(("action_unknown", "stub.invalid broke off. Whether it was done is not known."));
        (await service.RunAsync(id, "spend", null, shown.Confirmation, ManagementFixture.Owner, default)).Value.ShouldNotBeNull().Message.ShouldBe("It had been done.");
        tries.Distinct().Count().ShouldBe(1);
        (await fixture.AuditAsync()).Where(entry => entry.StartsWith("account.action", StringComparison.Ordinal)).ShouldBe(
            [$"account.action {id} failed 'u1@stub' spend amount=3: stub.invalid broke off.", $"account.action {id} done 'u1@stub' spend amount=3: It had been done."]);
    }

    [Fact]
    public async Task A_token_that_is_refused_is_renewed_once()
    {
        await using var fixture = await ManagementFixture.StartAsync(more: _stub.Module);
        var (id, service) = (await SignOutServiceTests.SignInAsync(fixture), fixture.Get<AccountActionService>());
        _stub.Renew = login => TokenRefresh.Renewed(login with { AccessToken = "renewed" });
        _stub.Preview = call => ((Gateway.Accounts.OAuthCredential)call.Account.Cell.Current.Credential).AccessToken == "renewed" ? ActionPreview.Possible("Now.") : ActionPreview.Impossible("The token is refused.", isRejected: true);

        (await service.RunAsync(id, "spend", Three, null, ManagementFixture.Owner, default)).Value.ShouldNotBeNull().Message.ShouldBe("Now.");
    }

    [Fact]
    public async Task What_cannot_be_done_is_said_and_nothing_is_done()
    {
        await using var fixture = await ManagementFixture.StartAsync("claude-api-key: [ { api-key: k, name: filed } ]", more: _stub.Module);
        var (id, service) = (await SignOutServiceTests.SignInAsync(fixture), fixture.Get<AccountActionService>());
        async Task<ManagementError> ErrorAsync(string account, string action, Dictionary<string, string>? inputs = null)
            => (await service.RunAsync(account, action, inputs, null, ManagementFixture.Owner, default)).Error.ShouldNotBeNull();

        (await ErrorAsync("nobody", "spend")).Kind.ShouldBe(ManagementErrorKind.NotFound);
        var unknown = await ErrorAsync(id, "burn");
        (unknown.Kind, unknown.Fix).ShouldBe((ManagementErrorKind.NotFound, "It has spend."));
        (await ErrorAsync("filed", "spend")).Fix.ShouldBe("Its provider offers none.");
        service.List("filed").Value.ShouldNotBeNull().Actions.ShouldBeEmpty();
        (await ErrorAsync(id, "spend")).Field.ShouldBe("inputs.amount");
        (await ErrorAsync(id, "spend", new() { ["amount"] = "1", ["colour"] = "red" })).Field.ShouldBe("inputs.colour");
        _stub.Preview = static _ => ActionPreview.Impossible("There is nothing to spend.");
        var impossible = await ErrorAsync(id, "spend", Three);
        (impossible.Code, impossible.Message).ShouldBe(("action_not_possible", "There is nothing to spend."));
        _stub.Preview = static _ => throw new HttpRequestException("stub.invalid cannot be reached.");
        (await ErrorAsync(id, "spend", Three)).Code.ShouldBe("vendor_unreachable");
        _stub.Preview = static _ => ActionPreview.Possible("Fine.");
        _stub.Act = static _ => ActionOutcome.Failed("The vendor says no.");
        var shown = (await service.RunAsync(id, "spend", Three, null, ManagementFixture.Owner, default)).Value.ShouldNotBeNull();
        var refused = (await service.RunAsync(id, "spend", null, shown.Confirmation, ManagementFixture.Owner, default)).Error.ShouldNotBeNull();
        (refused.Code, refused.Message).ShouldBe(("action_refused", "The vendor says no."));
        (await fixture.AuditAsync()).ShouldContain($"account.action {id} failed 'u1@stub' spend amount=3: The vendor says no.");
    }
}
