using Dragoman.Gateway.Accounts;

namespace Dragoman.Gateway.Tests.Accounts;

public sealed class CredentialCellTests
{
    [Fact]
    public void A_renewed_credential_takes_the_place_of_the_version_that_it_was_made_from()
    {
        var cell = new CredentialCell(Key("one"));
        var first = cell.Current;
        cell.TrySwap(first.Version, Key("two")).ShouldBeTrue();
        (cell.Current.Credential, cell.Current.Version).ShouldBe((Key("two"), first.Version + 1));
        cell.TrySwap(first.Version, Key("late")).ShouldBeFalse("somebody else has renewed it meanwhile");
        cell.Current.Credential.ShouldBe(Key("two"));
    }

    [Fact]
    public void A_refusal_marks_only_the_version_that_was_refused()
    {
        var cell = new CredentialCell(Key("one"));
        var first = cell.Current;
        cell.TrySwap(first.Version, Key("two"));
        cell.Reject(first.Version).ShouldBeFalse("the newer one has not been tried");
        cell.Current.IsRejected.ShouldBeFalse();
        cell.Reject(first.Version + 1).ShouldBeTrue();
        cell.Current.IsRejected.ShouldBeTrue();
        cell.Current.Credential.ShouldBe(Key("two"));
        cell.Reject(first.Version + 1).ShouldBeFalse("it is marked already");
        cell.TrySwap(first.Version + 1, Key("three")).ShouldBeTrue();
        cell.Current.IsRejected.ShouldBeFalse();
    }

    [Fact]
    public void Of_many_who_renew_at_once_one_wins_and_every_version_is_given_once()
    {
        var cell = new CredentialCell(Key("0"));
        var wins = 0;
        Parallel.For(0, 8, _ =>
        {
            for (var round = 0; round < 2_000; round++)
            {
                var seen = cell.Current;
                if (cell.TrySwap(seen.Version, Key($"{seen.Version}"))) Interlocked.Increment(ref wins);
            }
        });
        cell.Current.Version.ShouldBe(1 + wins);
        cell.Current.Credential.ShouldBe(Key($"{wins}"));
    }

    [Fact]
    public void The_credential_before_is_still_kept_out_of_records()
    {
        var cell = new CredentialCell(Key("first-secret"));
        cell.Secrets.ShouldBe(["first-secret"]);
        cell.TrySwap(1, Key("second-secret"));
        cell.Secrets.ShouldBe(["second-secret", "first-secret"]);
    }

    [Fact]
    public void An_account_and_its_successors_share_the_cell_and_an_account_of_another_identity_does_not()
    {
        var cells = new CredentialCells();
        var first = cells.Attach(AccountWith(Login("a1", "acc")), sourceVersion: 1);
        first.Cell.TrySwap(1, Login("a2", "acc")).ShouldBeTrue();

        // The same source again, as when the file is read anew: what was renewed since is kept.
        var again = cells.Attach(AccountWith(Login("a1", "acc")) with { Label = "other" }, sourceVersion: 1);
        again.Cell.ShouldBeSameAs(first.Cell);
        again.Credential.ShouldBe(Login("a2", "acc"));

        // The source has something newer, as when another node has renewed it.
        cells.Attach(AccountWith(Login("a3", "acc")), sourceVersion: 3).Credential.ShouldBe(Login("a3", "acc"));
        first.Credential.ShouldBe(Login("a3", "acc"), "every snapshot sees it");
        cells.Attach(AccountWith(Login("stale", "acc")), sourceVersion: 2).Credential.ShouldBe(Login("a3", "acc"), "an older version of the source is not taken");
        cells.Find("x")!.ShouldBeSameAs(first.Cell);

        var other = cells.Attach(AccountWith(Login("b1", "somebody else")), sourceVersion: 4);
        other.Cell.ShouldNotBeSameAs(first.Cell);
        first.Credential.ShouldBe(Login("a3", "acc"));
        cells.Retain(AccountOrigin.Config, []);
        cells.Find("x").ShouldBeNull();
    }

    private static Account AccountWith(Credential credential)
        => new() { Id = "x", Label = "x", Provider = "p", Protocol = Dragoman.Protocols.Protocol.OpenAiChat, BaseUrl = "https://x", Credential = credential };

    private static ApiKeyCredential Key(string key) => new(key);

    private static OAuthCredential Login(string token, string account) => new() { AccessToken = token, RefreshToken = "r-" + token, AccountId = account };
}
