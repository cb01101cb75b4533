using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Keys;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Keys;

/// <summary>Client keys: what each use case does, and why it does not.</summary>
public sealed class ClientKeyServiceTests
{
    private static readonly KeySettings Plain = new() { Name = "laptop", Tags = ["home"], RequestsPerMinute = 5, Budgets = [new BudgetView(BudgetUnit.Money, BudgetPeriod.Day, 2)] };

    [Fact]
    public async Task A_key_is_made_shown_once_and_in_force_at_once()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var keys = fixture.Get<ClientKeyService>();
        var made = await keys.CreateAsync(Plain, ManagementFixture.Owner, default).ValueAsync();
        (made.Name, made.Origin, made.Status, made.RequestsPerMinute).ShouldBe(("laptop", "store", "active", 5));
        fixture.Get<ClientKeyStore>().Find(made.Key.ShouldNotBeNull()).Status.ShouldBe(ClientKeyStatus.Good);
        var shown = await keys.GetAsync(made.Id, default).ValueAsync();
        (shown.Key, shown.Prefix).ShouldBe((null, made.Prefix));
        (await keys.ListAsync(default).ValueAsync()).Keys.ShouldHaveSingleItem().Id.ShouldBe(made.Id);
        var status = await keys.GetStatusAsync(made.Id, default).ValueAsync();
        (status.Requests!.Limit, status.Requests.Remaining, status.Budgets.Single().Limit).ShouldBe((5, 5, 2m));
        (await fixture.AuditAsync()).ShouldBe([$"key.add {made.Id} done laptop"]);
    }

    [Fact]
    public async Task What_cannot_be_is_invalid_and_names_the_field()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var keys = fixture.Get<ClientKeyService>();
        foreach (var (settings, field) in ((KeySettings, string)[])
        [
            (Plain with { Name = " " }, "name"), (Plain with { RequestsPerMinute = 0 }, "requests_per_minute"), (Plain with { TokensPerMinute = -1 }, "tokens_per_minute"), (Plain with { Concurrency = 0 }, "concurrency"),
            (Plain with { Models = [""] }, "models"), (Plain with { Surfaces = ["attic"] }, "surfaces"), (Plain with { ExpiresAt = fixture.Time.GetUtcNow() }, "expires_at"),
            (Plain with { Budgets = [new BudgetView(BudgetUnit.Tokens, BudgetPeriod.Day, -1)] }, "budgets"), (Plain with { Budgets = [new BudgetView(BudgetUnit.Tokens, BudgetPeriod.Day, 1, "Mars/Base")] }, "budgets"),
            (Plain with { Budgets = [new BudgetView(BudgetUnit.Tokens, BudgetPeriod.Day, 1), new BudgetView(BudgetUnit.Tokens, BudgetPeriod.Day, 2)] }, "budgets"),
        ])
        {
            var code = field == "name" ? "missing_required_parameter" : "invalid_value";
            (await keys.CreateAsync(settings, ManagementFixture.Owner, default).ErrorAsync(Invalid, code)).Findings.ShouldHaveSingleItem().Field.ShouldBe(field);
        }

        (await keys.ListAsync(default).ValueAsync()).Keys.ShouldBeEmpty();
        (await fixture.AuditAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_change_is_made_of_what_stands_and_keeps_the_rest()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var keys = fixture.Get<ClientKeyService>();
        var made = await keys.CreateAsync(Plain, ManagementFixture.Owner, default).ValueAsync();
        var changed = await keys.ChangeAsync(made.Id, settings => settings with { Name = "desk", RequestsPerMinute = null }, "name, requests_per_minute", ManagementFixture.Owner, default).ValueAsync();
        (changed.Name, changed.RequestsPerMinute, changed.Budgets.Count, changed.Tags.Single()).ShouldBe(("desk", null, 1, "home"));
        (await keys.ChangeAsync(made.Id, settings => settings with { Name = "" }, "name", ManagementFixture.Owner, default).ErrorAsync(Invalid, "missing_required_parameter")).Field.ShouldBe("name");
        await keys.ChangeAsync(made.Id, _ => ManagementError.Invalid("No.", "name"), "name", ManagementFixture.Owner, default).ErrorAsync(Invalid, "invalid_value");
        await keys.ChangeAsync("none", settings => settings, "", ManagementFixture.Owner, default).ErrorAsync(NotFound, "not_found");
        await keys.CreateAsync(Plain with { Name = "other" }, ManagementFixture.Owner, default).ValueAsync();
        await keys.ChangeAsync(made.Id, settings => settings with { Name = "OTHER" }, "name", ManagementFixture.Owner, default).ErrorAsync(Conflict, "name_taken");
        (await fixture.AuditAsync()).ShouldContain($"key.change {made.Id} done name, requests_per_minute");
    }

    [Fact]
    public async Task A_change_that_somebody_overtakes_is_made_again_of_what_they_left()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var keys = fixture.Get<ClientKeyService>();
        var made = await keys.CreateAsync(Plain, ManagementFixture.Owner, default).ValueAsync();
        var calls = 0;
        var changed = await keys.ChangeAsync(made.Id, settings =>
        {
            if (calls++ == 0)
            {
                var key = fixture.Store.Keys.GetAsync(made.Id).GetAwaiter().GetResult()!;
                fixture.Store.Keys.UpdateAsync(key with { Note = "theirs" }).GetAwaiter().GetResult();
            }

            return settings with { Concurrency = 9 };
        }, "concurrency", ManagementFixture.Owner, default).ValueAsync();
        (calls, changed.Note, changed.Concurrency).ShouldBe((2, "theirs", 9));
    }

    [Fact]
    public async Task The_old_key_is_taken_for_the_time_of_grace_and_a_revoked_one_is_not_rotated()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var (keys, known) = (fixture.Get<ClientKeyService>(), fixture.Get<ClientKeyStore>());
        var made = await keys.CreateAsync(Plain, ManagementFixture.Owner, default).ValueAsync();
        var rotated = await keys.RotateAsync(made.Id, TimeSpan.FromMinutes(1), ManagementFixture.Owner, default).ValueAsync();
        rotated.Key.ShouldNotBe(made.Key);
        known.Find(made.Key!).Status.ShouldBe(ClientKeyStatus.Good);
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
        known.Find(made.Key!).Status.ShouldNotBe(ClientKeyStatus.Good);
        known.Find(rotated.Key!).Status.ShouldBe(ClientKeyStatus.Good);
        (await keys.RotateAsync(made.Id, TimeSpan.FromDays(366), ManagementFixture.Owner, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("grace_seconds");
        (await keys.RevokeAsync(made.Id, ManagementFixture.Owner, default).ValueAsync()).Status.ShouldBe("revoked");
        known.Find(rotated.Key!).Status.ShouldNotBe(ClientKeyStatus.Good);
        await keys.RotateAsync(made.Id, TimeSpan.Zero, ManagementFixture.Owner, default).ErrorAsync(Conflict, "key_revoked");
        (await keys.RemoveAsync(made.Id, ManagementFixture.Owner, default)).ShouldBeNull();
        await keys.RemoveAsync(made.Id, ManagementFixture.Owner, default).ErrorAsync(NotFound, "not_found");
        await keys.GetStatusAsync(made.Id, default).ErrorAsync(NotFound, "not_found");
        (await fixture.AuditAsync()).ShouldBe([$"key.add {made.Id} done laptop", $"key.rotate {made.Id} done grace 60 s", $"key.revoke {made.Id} done", $"key.remove {made.Id} done"]);
    }

    [Fact]
    public async Task Keys_of_the_file_are_shown_and_changed_only_there()
    {
        await using var fixture = await ManagementFixture.StartAsync("api-keys: [ key-of-the-file ]\n");
        var keys = fixture.Get<ClientKeyService>();
        var configured = (await keys.ListAsync(default).ValueAsync()).Keys.ShouldHaveSingleItem();
        configured.Origin.ShouldBe("config");
        (await keys.GetAsync(configured.Id, default).ValueAsync()).Name.ShouldBe(configured.Name);
        (await keys.GetStatusAsync(configured.Id, default).ValueAsync()).Budgets.ShouldBeEmpty();
        await keys.ChangeAsync(configured.Id, settings => settings, "", ManagementFixture.Owner, default).ErrorAsync(ConfiguredInFile, "key_of_configuration");
        await keys.RotateAsync(configured.Id, TimeSpan.Zero, ManagementFixture.Owner, default).ErrorAsync(ConfiguredInFile, "key_of_configuration");
        await keys.RevokeAsync(configured.Id, ManagementFixture.Owner, default).ErrorAsync(ConfiguredInFile, "key_of_configuration");
        await keys.RemoveAsync(configured.Id, ManagementFixture.Owner, default).ErrorAsync(ConfiguredInFile, "key_of_configuration");
    }

    [Fact]
    public async Task A_store_that_is_away_is_an_error_and_no_exception()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var keys = fixture.Get<ClientKeyService>();
        await fixture.LoseStoreAsync();
        await keys.ListAsync(default).ErrorAsync(Unavailable, "store_unavailable");
        await keys.GetAsync("k", default).ErrorAsync(Unavailable, "store_unavailable");
        await keys.CreateAsync(Plain, ManagementFixture.Owner, default).ErrorAsync(Unavailable, "store_unavailable");
        await keys.ChangeAsync("k", settings => settings, "", ManagementFixture.Owner, default).ErrorAsync(Unavailable, "store_unavailable");
        await keys.RemoveAsync("k", ManagementFixture.Owner, default).ErrorAsync(Unavailable, "store_unavailable");
    }
}
