using Dragoman.Management.Backup;
using Dragoman.Management.Keys;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Backup;

/// <summary>Backups, and the change of the master key.</summary>
public sealed class BackupServiceTests
{
    [Fact]
    public async Task A_backup_is_a_stream_whose_file_goes_with_it()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        await fixture.Get<ClientKeyService>().CreateAsync(new KeySettings { Name = "one" }, ManagementFixture.Owner, default).ValueAsync();
        var made = await fixture.Get<BackupService>().MakeAsync(withoutFlows: true, ManagementFixture.Owner, default).ValueAsync();
        (made.Rows, made.Content.Length).ShouldSatisfyAllConditions(pair => pair.Rows.ShouldBeGreaterThan(0), pair => pair.Length.ShouldBeGreaterThan(0));
        made.FileName.ShouldEndWith(".backup");
        await made.Content.DisposeAsync();
        Directory.GetFiles(fixture.TemporaryFolder, $"*{BackupService.TemporaryEnding}").ShouldBeEmpty();
        (await fixture.AuditAsync())[^1].ShouldBe($"backup.make  done {made.Rows} rows, without flows");
        await fixture.LoseStoreAsync();
        await fixture.Get<BackupService>().MakeAsync(false, ManagementFixture.Owner, default).ErrorAsync(Unavailable, "store_unavailable");
    }

    [Fact]
    public async Task A_new_master_key_opens_what_the_old_one_wrapped()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var keys = fixture.Get<ClientKeyService>();
        var made = await keys.CreateAsync(new KeySettings { Name = "one" }, ManagementFixture.Owner, default).ValueAsync();
        var rotated = await fixture.Get<BackupService>().RotateMasterKeyAsync(keepOld: false, isKeyFileShared: false, ManagementFixture.Owner, default).ValueAsync();
        (rotated.Secrets, rotated.OldDropped).ShouldBe((1, true));
        await fixture.Get<Dragoman.Gateway.ClientKeys.ClientKeyStore>().ReloadAsync(default);
        fixture.Get<Dragoman.Gateway.ClientKeys.ClientKeyStore>().Find(made.Key!).Status.ShouldBe(Dragoman.Gateway.ClientKeys.ClientKeyStatus.Good);
    }

    [Fact]
    public async Task A_key_file_that_other_nodes_may_have_a_copy_of_is_not_changed()
    {
        await using var fixture = await ManagementFixture.StartAsync("store: { postgres: 'Host=db' }\n");
        await fixture.Get<BackupService>().RotateMasterKeyAsync(false, isKeyFileShared: false, ManagementFixture.Owner, default).ErrorAsync(Conflict, "key_file_not_shared");
        (await fixture.AuditAsync()).ShouldBeEmpty();
    }
}
