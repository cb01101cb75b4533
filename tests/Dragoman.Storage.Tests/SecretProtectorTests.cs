using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Secrets;
using Dragoman.Storage.Tests.Support;

namespace Dragoman.Storage.Tests;

public sealed class SecretProtectorTests : IDisposable
{
    private const string Strong = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_envelope_opens_only_for_its_purpose_and_unaltered()
    {
        var protector = SecretProtector.Open(_folder.Path, _ => null);
        var envelope = protector.Protect("secret"u8, "account:a");
        protector.Unprotect(envelope, "account:a").ShouldBe("secret"u8.ToArray());
        protector.Protect("secret"u8, "account:a").ShouldNotBe(envelope);
        Should.Throw<SecretUnreadableException>(() => protector.Unprotect(envelope, "account:b"));
        for (var at = 0; at < envelope.Length; at++)
        {
            var altered = envelope.ToArray();
            altered[at] ^= 1;
            Should.Throw<SecretUnreadableException>(() => protector.Unprotect(altered, "account:a"));
            Should.Throw<SecretUnreadableException>(() => protector.Unprotect(envelope.AsSpan(0, at), "account:a"));
        }
    }

    [Fact]
    public void Keys_are_rotated_and_old_ones_open_until_they_are_dropped()
    {
        var protector = SecretProtector.Open(_folder.Path, _ => null);
        var old = protector.Protect("x"u8, "p");
        protector.IsCurrent(old).ShouldBeTrue();
        protector.Rotate();
        protector.IsCurrent(old).ShouldBeFalse();
        protector.Unprotect(old, "p").ShouldBe("x"u8.ToArray());
        SecretProtector.Open(_folder.Path, _ => null).Unprotect(protector.Protect("y"u8, "p"), "p").ShouldBe("y"u8.ToArray());
        protector.DropOld();
        Should.Throw<SecretUnreadableException>(() => protector.Unprotect(old, "p"));
    }

    [Fact]
    public void A_rotation_by_another_process_is_taken_up_without_a_restart()
    {
        var one = SecretProtector.Open(_folder.Path, _ => null);
        var two = SecretProtector.Open(_folder.Path, _ => null);
        one.Rotate();
        var fresh = one.Protect("x"u8, "p");
        two.Unprotect(fresh, "p").ShouldBe("x"u8.ToArray());
        one.DropOld();
        // What the other one wraps from now on is wrapped with a key that is still in the file.
        SecretProtector.Open(_folder.Path, _ => null).Unprotect(two.Protect("y"u8, "p"), "p").ShouldBe("y"u8.ToArray());
        two.IsCurrent(fresh).ShouldBeTrue();
        // A file that is broken meanwhile takes no key away from who has them.
        File.WriteAllText(_folder.File("master.key"), "# cut off");
        two.Unprotect(fresh, "p").ShouldBe("x"u8.ToArray());
    }

    [Fact]
    public void The_environment_can_take_over_from_the_file()
    {
        var old = SecretProtector.Open(_folder.Path, _ => null).Protect("x"u8, "p");
        var protector = SecretProtector.Open(_folder.Path, name => name == SecretProtector.Variable ? Strong : null);
        protector.IsCurrent(old).ShouldBeFalse();
        protector.Unprotect(old, "p").ShouldBe("x"u8.ToArray());
        var now = protector.Protect("z"u8, "p");
        var other = SecretProtector.Open(_folder.File("elsewhere"), name => name == SecretProtector.PreviousVariable ? Strong : null);
        other.Unprotect(now, "p").ShouldBe("z"u8.ToArray());
        other.IsCurrent(now).ShouldBeFalse();
    }

    [Fact]
    public void A_weak_key_and_a_broken_file_are_refused()
    {
        Should.Throw<SecretUnreadableException>(() => SecretProtector.Open(_folder.Path, _ => "password")).Message.ShouldContain("openssl rand");
        File.WriteAllText(_folder.File("master.key"), "# only words\n");
        Should.Throw<SecretUnreadableException>(() => SecretProtector.Open(_folder.Path, _ => null));
    }
}
